/// The policy for posts that arrive late, over REST, from programs, or with files.
package struct IntakePolicy: Sendable, Equatable {
  /// Seconds after which a missed post is no longer answered.
  package var maxAgeSeconds: Int
  /// Seconds between two polls for new posts while the event socket is down.
  package var pollSeconds: Int
  /// The number of answers to bots, webhooks and plugins in each channel, and the seconds in which it is allowed.
  /// Beyond it, they are paused for as many seconds.
  package var bots: Rate
  /// The most files of one message that reach an agent.
  package var filesMax: Int
  /// The most bytes of each file.
  package var fileBytesMax: Int
  /// The media types that are downloaded.
  package var fileTypes: [MediaRange]

  /// The `max_age` of a file that names none: a quarter of an hour, in seconds.
  package static let defaultMaxAgeSeconds = 15 * 60

  /// The `poll` of a file that names none, in seconds.
  package static let defaultPollSeconds = 5

  /// The `bots` of a file that names none: more than ordinary programs post, less than a loop of bots does.
  package static let defaultBots = Rate(count: 20, seconds: 60)

  /// The `max_files` of a file that names none: the limit of Mattermost itself.
  package static let defaultFilesMax = 10

  /// The `max_file_size` of a file that names none, in bytes: photographs and documents, but no films.
  package static let defaultFileBytesMax = 20 * 1024 * 1024

  package init(
    maxAgeSeconds: Int = defaultMaxAgeSeconds, pollSeconds: Int = defaultPollSeconds, bots: Rate = defaultBots,
    filesMax: Int = defaultFilesMax, fileBytesMax: Int = defaultFileBytesMax, fileTypes: [MediaRange] = [.any]
  ) {
    self.maxAgeSeconds = maxAgeSeconds
    self.pollSeconds = pollSeconds
    self.bots = bots
    self.filesMax = filesMax
    self.fileBytesMax = fileBytesMax
    self.fileTypes = fileTypes
  }
}

/// A set of media types: one (`application/pdf`), a kind of them (`image/*`), or all (`*/*`).
///
/// See "Accept" in RFC 9110, section 12.5.1; parameters are not part of it.
package struct MediaRange: Sendable, Equatable {
  /// The range as it is written, in lower case.
  package let text: String

  /// Returns `nil` if the text is not a media range.
  package init?(_ text: String) {
    let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(Self.isToken), parts[0] != "*" || parts[1] == "*" else { return nil }
    self.text = text.lowercased()
  }

  private init(known text: String) { self.text = text }

  /// Every type.
  package static let any = MediaRange(known: "*/*")

  /// Returns whether the range contains a media type, which has no parameters and is in lower case.
  package func contains(_ type: String) -> Bool {
    if self == .any || text == type { return true }
    return text.hasSuffix("/*") && type.hasPrefix(text.dropLast())
  }

  private static func isToken(_ part: Substring) -> Bool {
    if part == "*" { return true }
    return !part.isEmpty
      && part.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$&-^_.+".utf8.contains(byte)
        }
      }
  }
}
