/// How far we are in the server's sequence of events, and whether we missed any.
struct SequenceTracker: Sendable, Equatable {
  /// The connection that the server would resume; nil if there is none.
  private(set) var connectionID: String?
  /// The number that the next event should have.
  private(set) var next: Int64 = 0
  /// Whether there was a connection at all.
  private var hasBegun = false
  /// Whether events may have been lost that nobody was told of yet.
  private var hasLost = false

  /// Takes the greeting of a new connection. Returns whether events were lost: those after the last one of the
  /// connection before.
  mutating func begin(connection id: String, sequence: Int64?) -> Bool {
    let isLoss = hasLost || hasBegun && connectionID != id
    hasBegun = true
    connectionID = Self.isPlain(id) ? id : nil
    next = Self.successor(of: sequence ?? 0)
    hasLost = false
    return isLoss
  }

  /// Takes the number of an event. Returns whether events before it were lost.
  mutating func take(_ sequence: Int64?) -> Bool {
    guard let sequence, sequence >= next else { return false }
    let isLoss = hasLost || sequence > next
    next = Self.successor(of: sequence)
    hasLost = false
    return isLoss
  }

  /// Gives up one event, which the server would only send again.
  mutating func skip() {
    next = Self.successor(of: next)
    hasLost = true
  }

  /// Gives up the connection: the server did not resume it.
  mutating func forget() {
    connectionID = nil
  }

  /// The query that asks the server to resume.
  var query: String {
    connectionID.map { "?connection_id=\($0)&sequence_number=\(next)" } ?? ""
  }

  /// The number after another; the highest of all, which only a broken server sends, has none.
  private static func successor(of number: Int64) -> Int64 { number == .max ? .max : number + 1 }

  /// Whether an id can stand in a query as it is. The server's do; of anything else we would not know what it means.
  private static func isPlain(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 64 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }
}
