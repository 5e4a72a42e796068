import Core

/// The facts of an event that have few values, as bits: one for each value, and one for each trigger that holds.
struct FactBits {
  let values: UInt32
  let triggers: UInt8

  init(_ event: borrowing Event, hasCommand: Bool) {
    values =
      Self.bit(event.channel.kind) | Self.bit(event.author) | Self.bit(event.mention) | Self.bit(event.thread)
      | Self.bit(hasFiles: event.hasFiles) | Self.bit(isRemote: event.isRemote) | Self.bit(isEdit: event.isEdit)
    var triggers = Self.message
    if event.mention == .direct { triggers |= Self.mention }
    if event.mention != .none { triggers |= Self.anyMention }
    if event.channel.kind == .direct { triggers |= Self.directMessage }
    if hasCommand { triggers |= Self.command }
    if case .reply(_, joined: true) = event.thread { triggers |= Self.thread }
    self.triggers = triggers
  }

  static let message: UInt8 = 1
  static let mention: UInt8 = 2
  static let anyMention: UInt8 = 4
  static let directMessage: UInt8 = 8
  static let command: UInt8 = 16
  static let thread: UInt8 = 32

  static func bit(_ kind: ChannelKind) -> UInt32 {
    switch kind {
    case .public: 1
    case .private: 2
    case .group: 4
    case .direct: 8
    }
  }

  /// The bot's own posts and the server's never come so far, and so have none.
  static func bit(_ author: Author) -> UInt32 {
    switch author {
    case .human: 1 << 4
    case .bot: 2 << 4
    case .webhook: 4 << 4
    case .plugin: 8 << 4
    case .own, .system: 0
    }
  }

  static func bit(_ mention: Mention) -> UInt32 {
    switch mention {
    case .none: 1 << 8
    case .channelWide: 2 << 8
    case .direct: 4 << 8
    }
  }

  static func bit(_ thread: ThreadContext) -> UInt32 {
    switch thread {
    case .root: bit(ThreadPosition.root)
    case .reply: bit(ThreadPosition.reply)
    }
  }

  static func bit(_ position: ThreadPosition) -> UInt32 { position == .root ? 1 << 11 : 2 << 11 }

  static func bit(hasFiles: Bool) -> UInt32 { hasFiles ? 1 << 13 : 2 << 13 }
  static func bit(isRemote: Bool) -> UInt32 { isRemote ? 1 << 17 : 2 << 17 }

  static func bit(isEdit: Bool) -> UInt32 { isEdit ? 1 << 15 : 2 << 15 }
}
