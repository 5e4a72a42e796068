import Core
import RuleEngine

extension Template {
  /// The text for an agent, filled with an event's values.
  func asked(for event: Event, arguments: Substring, admin: String?) -> String {
    filled { value(of: $0, event, arguments, admin, after: "") }
  }

  /// The text for a post: the file's own words unchanged, and values that people chose escaped, so that they mention no
  /// one but the asker and make no link.
  func posted(for event: Event, arguments: Substring = "", admin: String?) -> String {
    parts.reduce(into: "") { text, part in
      switch part {
      case .text(let own): text += own
      case .placeholder(let placeholder):
        let value = value(of: placeholder, event, arguments, admin, after: text)
        text += mayMention(placeholder, event, after: text) ? value : value.escapedMarkdown(after: text)
      }
    }
  }

  /// Returns the value of a placeholder after `text`: if that ends with the `@` of a name, the name has none of its
  /// own.
  private func value(
    of placeholder: Placeholder, _ event: Event, _ arguments: Substring, _ admin: String?, after text: String
  ) -> String {
    let sign = text.hasSuffix("@") ? "" : "@"
    return switch placeholder {
    case .message: event.body
    case .args: String(arguments)
    case .user: sign + event.user.name
    case .channel: event.channel.name
    case .thread: event.thread.root?.rawValue ?? ""
    case .admin: admin.map { sign + $0 } ?? ""
    }
  }

  /// Returns whether a value may mention someone or be a link: the name in the file, the asker's own, and the channel's
  /// that the file links.
  private func mayMention(_ placeholder: Placeholder, _ event: Event, after text: String) -> Bool {
    switch placeholder {
    case .admin: true
    // A program's name may be anyone's, and no program waits for a mention.
    case .user: event.author == .human && event.user.name.isAccountName
    case .channel: text.hasSuffix("~") && event.channel.name.isAccountName
    case .message, .args, .thread: false
    }
  }
}

extension String {
  /// True if it can be the name of an account or a channel, and mentions no one else.
  fileprivate var isAccountName: Bool {
    !isEmpty && MentionGrammar.silencingChannelWide("@\(self)") == "@\(self)"
      && unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
      }
  }
}
