extension Author {
  /// Explains which account `access` and `user` apply to for the post of a webhook.
  package static let webhookAccount = "a webhook posts as the account that created it"

  /// Returns the name of the author for agents: the account, and the name that the post claims, such as
  /// `alice (webhook "Jenkins")`. It is one line; a claimed name keeps only letters, digits, spaces and `-_.`.
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
  /// The name of the author for agents.
  package var speaker: String { author.speaker(user.name, overrideName: overrideName) }
}

extension String {
  /// The letters, digits, spaces and `-_.` of a claimed name.
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
