import ConfigLoader
import FoundationEssentials
import RuleAnalysis
import RuleEngine
import ServerLookup

/// The rules in force, and why the newest ones were rejected: for `!status`, `/health` and reloading.
actor RulesState {
  private(set) var active: ActiveRules
  private(set) var rejected: (rejection: RulesRejection, since: Date)?
  private(set) var renamed: [RenamedEntity] = []
  /// The fingerprint of the rules that other gateways were told of last.
  private var announced: String

  init(_ active: ActiveRules, rejection: RulesRejection?) {
    self.active = active
    announced = active.fingerprint
    rejected = rejection.map { ($0, active.since) }
  }

  func activate(_ rules: ActiveRules) {
    active = rules
    rejected = nil
  }

  /// True if other gateways were told of the active rules.
  var isAnnounced: Bool { announced == active.fingerprint }

  func recordAnnounced(_ fingerprint: String) { announced = fingerprint }

  /// Records warnings about the active rules that were printed.
  func recordPrinted(_ warnings: [String]) { active.warnings.formUnion(warnings) }

  func record(renamed: [RenamedEntity]) { self.renamed = renamed }

  /// Records why the newest rules are not in force, and returns whether the reason is a new one.
  func reject(_ rejection: RulesRejection) -> Bool {
    if rejected?.rejection == rejection { return false }
    rejected = (rejection, Date())
    return true
  }
}

/// The rules that decide events, without the text of their file.
struct ActiveRules: Sendable {
  let ruleSet: RuleSet
  /// The reason why everyone may talk to the bot; `nil` if not everyone may.
  let openAccess: OpenAccess?
  let name: String
  let fingerprint: String
  let since: Date
  /// The time at which the file was valid, if this is the copy of the last valid one.
  let lastGood: Date?
  /// The warnings that were printed, without their positions: a line that is inserted moves all positions below it.
  fileprivate(set) var warnings: Set<String>

  init(_ rules: ValidatedRules, warnings: [String] = [], since: Date = Date()) {
    self.warnings = Set(rules.loaded.diagnostics.map(\.textWithoutPosition) + rules.message.lines + warnings)
    ruleSet = rules.ruleSet
    openAccess = rules.loaded.openAccess
    name = rules.name
    fingerprint = rules.fingerprint
    lastGood = rules.lastGood
    self.since = since
  }
}

extension Diagnostic {
  var textWithoutPosition: String { "[\(code.rawValue)] \(message)" }
}
