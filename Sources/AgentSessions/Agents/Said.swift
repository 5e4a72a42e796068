/// Something that somebody said to others.
public struct Said: Sendable, Equatable {
  /// Who, by name.
  public var speaker: String
  /// What.
  public var text: String

  /// States what was said.
  public init(speaker: String, text: String) {
    self.speaker = speaker
    self.text = text
  }
}

extension Said {
  /// What was said as an agent hears it: where several people speak, behind its speaker's name.
  func text(isShared: Bool) -> String { isShared ? "\(speaker): \(text)" : text }
}

extension [Said] {
  /// All of it as an agent is told that it is no message to it.
  var asBackground: String {
    "[What was said here before, for you to know]\n\(map { $0.text(isShared: true) }.joined(separator: "\n"))"
  }
}

/// What an agent has not heard that a message may be about.
public enum ContextWish: Sendable, Equatable {
  /// The thread of the post `root`, of which the conversation has seen nothing.
  case thread(root: String)
  /// So many posts of the channel before the conversation's first message.
  case channel(count: Int)
}
