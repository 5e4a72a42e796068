import Core
import Sessions

/// The sentences of `edgecrab cluster status`.
enum ClusterTexts {
  static func noTables(_ address: String) -> String { "the database \(address) is not a store yet" }
  static let makeTables = "Start a gateway, which makes its tables; `edgecrab doctor` checks whether it can."
  static let olderStore = "the store in the database was made by an older edgecrab"
  static let startNewer = "Start a gateway of this version, which brings the store up to date."

  static func answering(_ store: StoreInspection.Store) -> String {
    switch store.answering.count {
    case 0 where store.members.isEmpty: "No gateway runs."
    case 0: "No gateway answers."
    case let count: "\(count.counted("gateway")) \(count.plural(one: "answers", other: "answer"))."
    }
  }

  static func work(_ work: StoreInspection.Work) -> String {
    let replies = work.replies
    let rest =
      replies == 0
      ? "" : " \(replies.counted("reply", plural: "replies")) \(replies.plural(one: "is", other: "are")) being posted."
    guard let oldest = work.oldestSeconds else { return "No post waits." + rest }
    let count = work.openPosts
    return "\(count.counted("post")) \(count.plural(one: "is", other: "are")) claimed and not answered yet, "
      + "\(count.plural(one: "for", other: "the oldest for")) \(Duration.seconds(oldest).approximate)." + rest
  }

  static func rules(_ rules: StoreInspection.Rules?) -> String {
    guard let rules else { return "No rules are in force yet." }
    return
      "The rules \(shortened(rules.fingerprint)) have been in force for \(Duration.seconds(rules.secondsInForce).approximate)."
  }

  /// The digits of a fingerprint that the log shows.
  private static func shortened(_ fingerprint: String) -> String { String(fingerprint.prefix(12)) }

  static func state(_ state: StoreInspection.Member.State) -> String {
    switch state {
    case .answers: "answers"
    case .otherRules: "other rules"
    case .notConnected: "not connected"
    case .leaseOver: "lease over"
    }
  }
}
