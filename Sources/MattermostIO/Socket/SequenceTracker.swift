/// The position in the sequence of events, by which lost events are detected and a connection is resumed.
///
/// Mattermost numbers the events of a connection from 0. After a reconnection with the connection's id and the next
/// number, it sends the events since then; if it cannot, it says hello with another id.
struct SequenceTracker: Sendable, Equatable {
  /// The id of the connection that the server can resume, or `nil`.
  private(set) var connectionID: String?
  /// The number of the next event.
  private(set) var next: Int64 = 0
  private var hasBegun = false
  /// True if there is a gap that was not reported yet.
  private var hasGap = false

  /// Starts the sequence of a new connection with the number of its hello.
  ///
  /// - Returns: Whether events were lost: those after the last event of the previous connection.
  mutating func begin(connection id: String, at sequence: Int64?) -> Bool {
    let isGap = hasGap || hasBegun && connectionID != id
    hasBegun = true
    connectionID = Self.isPlain(id) ? id : nil
    next = Self.successor(of: sequence ?? 0)
    hasGap = false
    return isGap
  }

  /// Advances to the number of an event.
  ///
  /// - Returns: Whether events before it were lost.
  mutating func advance(to sequence: Int64?) -> Bool {
    guard let sequence, sequence >= next else { return false }
    let isGap = hasGap || sequence > next
    next = Self.successor(of: sequence)
    hasGap = false
    return isGap
  }

  /// Skips an event that cannot be read.
  mutating func skip() {
    next = Self.successor(of: next)
    hasGap = true
  }

  /// Forgets the connection, which the server did not resume.
  mutating func forgetConnection() {
    connectionID = nil
  }

  /// The query of the URL that resumes the connection; empty for a new one.
  var query: String {
    connectionID.map { "?connection_id=\($0)&sequence_number=\(next)" } ?? ""
  }

  private static func successor(of number: Int64) -> Int64 { number == .max ? .max : number + 1 }

  /// Returns whether an id needs no encoding in a query. Those of Mattermost do not.
  private static func isPlain(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 64 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }
}
