extension Mention: Comparable {
  /// Whether one calls the bot less than the other: not at all, with everybody else, by its name.
  package static func < (one: Mention, other: Mention) -> Bool { one.strength < other.strength }

  private var strength: Int {
    switch self {
    case .none: 0
    case .channelWide: 1
    case .direct: 2
    }
  }
}
