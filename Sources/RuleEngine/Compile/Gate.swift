import Core

/// The conditions on facts that have few values, all of them as two comparisons.
struct Gate {
  /// The values that no event that matches has.
  private(set) var forbidden: UInt32 = 0
  /// The triggers of which it has at least one.
  private(set) var triggers: UInt8 = FactBits.message

  init(_ condition: Condition) {
    if let triggers = condition.triggers {
      self.triggers = triggers.reduce(0) { $0 | Self.bit($1, reach: condition.mention ?? .direct) }
    }
    // Beside the trigger `mention`, the reach only says which mentions count for it.
    if let reach = condition.mention, condition.triggers?.contains(.mention) != true {
      forbid(Mention.allCases, but: reach == .direct ? [.direct] : [.direct, .channelWide], FactBits.bit)
    }
    if let kinds = condition.kinds { forbid(ChannelKind.allCases, but: kinds, FactBits.bit) }
    if let authors = condition.authors { forbid(Author.allCases, but: authors, FactBits.bit) }
    if let thread = condition.thread { forbid(ThreadPosition.allCases, but: [thread], FactBits.bit) }
    if let hasFiles = condition.hasFiles { forbidden |= FactBits.bit(hasFiles: !hasFiles) }
    if let isRemote = condition.isRemote { forbidden |= FactBits.bit(isRemote: !isRemote) }
    if let isEdit = condition.isEdit { forbidden |= FactBits.bit(isEdit: !isEdit) }
  }

  func admits(_ facts: FactBits) -> Bool { facts.values & forbidden == 0 && facts.triggers & triggers != 0 }

  /// Whether everything that `other` admits is admitted here, as far as the bits alone tell.
  func covers(_ other: Gate) -> Bool {
    forbidden & ~other.forbidden == 0 && (triggers & FactBits.message != 0 || other.triggers & ~triggers == 0)
  }

  /// The narrowest gate that admits whatever either admits.
  func union(_ other: Gate) -> Gate {
    var union = self
    union.forbidden &= other.forbidden
    union.triggers |= other.triggers
    return union
  }

  private mutating func forbid<Value: Equatable>(
    _ all: [Value], but allowed: some Sequence<Value>, _ bit: (Value) -> UInt32
  ) {
    for value in all where !allowed.contains(value) { forbidden |= bit(value) }
  }

  private static func bit(_ trigger: Trigger, reach: MentionReach) -> UInt8 {
    switch trigger {
    case .message: FactBits.message
    case .mention: reach == .direct ? FactBits.mention : FactBits.anyMention
    case .dm: FactBits.directMessage
    case .command: FactBits.command
    case .thread: FactBits.thread
    }
  }
}
