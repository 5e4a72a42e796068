import Core

/// The facts of an event that have few values, one bit a value: which of them are possible, or which is so.
///
/// Each fact is a field of bits. Its lowest bit is the value that an example takes where any will do.
struct Facets: OptionSet, Sendable, Hashable {
  let rawValue: UInt32

  static let authors = Facets(rawValue: 0xF)
  static let edits = Facets(rawValue: 0x3 << 4)
  static let kinds = Facets(rawValue: 0xF << 6)
  static let mentions = Facets(rawValue: 0x7 << 10)
  static let threads = Facets(rawValue: 0x7 << 13)
  static let files = Facets(rawValue: 0x3 << 16)
  static let remote = Facets(rawValue: 0x3 << 18)

  static let fields: [Facets] = [.authors, .edits, .kinds, .mentions, .threads, .files, .remote]
  static let all = Facets(fields)

  static let notJoined = Facets(rawValue: 1 << 15)
  static let joined = Facets(rawValue: 1 << 14)
  static let replies: Facets = [.notJoined, .joined]

  static func author(_ author: Author) -> Facets {
    switch author {
    case .human: Facets(rawValue: 1)
    case .bot: Facets(rawValue: 1 << 1)
    case .webhook: Facets(rawValue: 1 << 2)
    case .plugin: Facets(rawValue: 1 << 3)
    // These never reach a rule.
    case .own, .system: []
    }
  }

  static func edit(_ isEdit: Bool) -> Facets { Facets(rawValue: isEdit ? 1 << 5 : 1 << 4) }

  static func kind(_ kind: ChannelKind) -> Facets {
    switch kind {
    case .public: Facets(rawValue: 1 << 6)
    case .private: Facets(rawValue: 1 << 7)
    case .group: Facets(rawValue: 1 << 8)
    case .direct: Facets(rawValue: 1 << 9)
    }
  }

  static func mention(_ mention: Mention) -> Facets {
    switch mention {
    case .none: Facets(rawValue: 1 << 10)
    case .direct: Facets(rawValue: 1 << 11)
    case .channelWide: Facets(rawValue: 1 << 12)
    }
  }

  static func mentions(within reach: MentionReach) -> Facets {
    reach == .channelWide ? [.mention(.direct), .mention(.channelWide)] : .mention(.direct)
  }

  static func files(_ hasFiles: Bool) -> Facets { Facets(rawValue: hasFiles ? 1 << 17 : 1 << 16) }
  static func remote(_ isRemote: Bool) -> Facets { Facets(rawValue: isRemote ? 1 << 19 : 1 << 18) }

  /// One value of each fact: the first that is possible.
  var first: Facets {
    var first: Facets = []
    for field in Self.fields {
      let bits = intersection(field).rawValue
      first.formUnion(Facets(rawValue: bits & (~bits &+ 1)))
    }
    return first
  }
}
