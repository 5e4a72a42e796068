/// An opaque identifier that the Mattermost server assigns.
///
/// Each kind is a type of its own, so that a user's id cannot be passed as a channel's. It is encoded as its text
/// alone.
package protocol ServerAssignedID:
  RawRepresentable<String>, Hashable, Comparable, Sendable, Codable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  init(rawValue: String)
}

extension ServerAssignedID {
  package init(_ text: String) { self.init(rawValue: text) }

  /// Returns the identifier, or `nil` if the text is empty: the API sends an empty id for one that is absent.
  package init?(nonEmpty text: String) {
    if text.isEmpty { return nil }
    self.init(rawValue: text)
  }

  package init(stringLiteral text: String) { self.init(rawValue: text) }

  package var description: String { rawValue }

  package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

package struct PostID: ServerAssignedID {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
}

/// The id of a user: a person, a bot or another program.
package struct UserID: ServerAssignedID {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
}

package struct ChannelID: ServerAssignedID {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
}

package struct TeamID: ServerAssignedID {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
}
