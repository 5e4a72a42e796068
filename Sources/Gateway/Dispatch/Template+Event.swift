import Core
import RuleEngine

extension Template {
  /// The text as an agent is asked it, filled with what is known of an event as it stands.
  func asked(for event: Event, arguments: Substring, admin: String?) -> String {
    filled { value(of: $0, event, arguments, admin, after: "") }
  }

  /// The text as it is posted: the file's own words as they are written, and what people chose in their places as mere text,
  /// which rings nobody but the asker and makes no link.
  func posted(for event: Event, arguments: Substring = "", admin: String?) -> String {
    parts.reduce(into: "") { text, part in
      switch part {
      case .text(let own): text += own
      case .placeholder(let placeholder):
        let value = value(of: placeholder, event, arguments, admin, after: text)
        text += mayRing(placeholder, event, after: text) ? value : value.escapedMarkdown(after: text)
      }
    }
  }

  /// What a place is filled with behind `text`: where that ends with the `@` of a name, the name has none of its own.
  private func value(
    of placeholder: Placeholder, _ event: Event, _ arguments: Substring, _ admin: String?, after text: String
  ) -> String {
    let sign = text.hasSuffix("@") ? "" : "@"
    return switch placeholder {
    case .message: event.body
    case .args: String(arguments)
    case .user: sign + event.user.name
    case .channel: event.channel.name
    case .thread: event.thread.root ?? ""
    case .admin: admin.map { sign + $0 } ?? ""
    }
  }

  /// Whether a value may ring or be a link: the name in the file, the asker's own, and the channel's that the file links.
  private func mayRing(_ placeholder: Placeholder, _ event: Event, after text: String) -> Bool {
    switch placeholder {
    case .admin: true
    // A program's name may be anybody's, and no program is waiting to be rung.
    case .user: event.author == .human && event.user.name.isAccountName
    case .channel: text.hasSuffix("~") && event.channel.name.isAccountName
    case .message, .args, .thread: false
    }
  }
}

extension String {
  /// Whether it can be the name of an account or a channel, and calls nobody else.
  fileprivate var isAccountName: Bool {
    !isEmpty && MentionGrammar.silencingChannelWide("@\(self)") == "@\(self)"
      && unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
      }
  }
}
