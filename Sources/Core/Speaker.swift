extension Author {
  /// What `access` and `user` judge of a webhook's post.
  package static let webhookAccount = "a webhook posts as the account that created it"

  /// Returns the speaker's name as agents are told it: the account's, and beside it what the post claims to be, such as
  /// `alice (webhook "Jenkins")`. Always one line, and of a claimed name only what could not be read as anything else.
  package func speaker(_ account: String, overrideName: String?) -> String {
    switch self {
    case .human, .bot, .system, .own: return account
    case .plugin: return "\(account) (plugin)"
    case .webhook:
      let name = overrideName?.asClaim ?? ""
      return name.isEmpty ? "\(account) (webhook)" : "\(account) (webhook \"\(name)\")"
    }
  }
}

extension Event {
  /// The speaker's name as agents are told it.
  package var speaker: String { author.speaker(user.name, overrideName: overrideName) }
}

extension String {
  /// The letters, digits and spaces of a name, and what stands between them in most names.
  fileprivate var asClaim: String {
    let kept = unicodeScalars.map { scalar -> Unicode.Scalar in
      if scalar.properties.isDefaultIgnorableCodePoint { return " " }
      return switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
        .spacingMark, .decimalNumber:
        scalar
      default: "-_.".unicodeScalars.contains(scalar) ? scalar : " "
      }
    }
    return String(String.UnicodeScalarView(kept)).split(separator: " ").joined(separator: " ")
  }
}
