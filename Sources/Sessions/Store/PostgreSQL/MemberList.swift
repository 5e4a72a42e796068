import Core
import PostgreSQL

/// The members of a store, as of one look at them.
struct MemberList: Sendable {
  struct Member: Sendable {
    let id: Int64
    let name: String
    /// True if it receives posts.
    let isReady: Bool
    /// True if its time is over, or it has left.
    let isOver: Bool
    let rules: String
  }

  /// The id of the member that looked; `nil` if it is none.
  private(set) var own: Int64?
  private(set) var others: [Member] = []
  /// The fingerprint of the rules in force; empty if none are.
  private(set) var rulesInForce = ""
  /// True if others have handed something over that was not taken yet.
  private(set) var isHandedSomething = false

  init() {}

  /// Reads the rows: id, name, is ready, is over, rules, is own, rules in force, is handed something.
  init(_ rows: [PostgresRow]) throws(PostgresError) {
    for row in rows {
      rulesInForce = try row.optionalText(6) ?? ""
      if try row.bool(5) {
        own = try row.int(0)
        isHandedSomething = try row.bool(7)
      } else {
        others.append(
          Member(
            id: try row.int(0), name: try row.text(1), isReady: try row.bool(2), isOver: try row.bool(3),
            rules: try row.text(4)))
      }
    }
  }

  var withRulesInForce: [Member] { others.filter { !$0.isOver && $0.rules == rulesInForce } }

  /// The other members that can work: they have the rules in force, and receive posts.
  var ready: [Member] { withRulesInForce.filter(\.isReady) }

  var hasThoseThatAreOver: Bool { others.contains(where: \.isOver) }

  mutating func removeThoseThatAreOver() { others.removeAll(where: \.isOver) }

  /// Returns why a member should leave its work to others, or `nil` if it need not or there are none.
  func obstacle(rules: String, isReady: Bool) -> StoreError.Code? {
    if ready.isEmpty { return nil }
    if rules != rulesInForce { return .rulesDiffer }
    return isReady ? nil : .notConnected
  }

  /// Returns how many members come before the own one for a session: those that can work, by the hash of each with the
  /// session. So each session has a member that is the same for all who ask, and one that joins or leaves changes few.
  func rank(for session: String) -> Int {
    guard let own else { return 0 }
    let ownHash = Self.hash(own, session)
    return ready.count { (Self.hash($0.id, session), $0.id) > (ownHash, own) }
  }

  private static func hash(_ member: Int64, _ session: String) -> UInt64 {
    var hash = FNV()
    // First, so that the session's bytes spread the difference.
    hash.mix("\(member)")
    hash.mix(session)
    return hash.value
  }
}
