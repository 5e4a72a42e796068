import ConfigLoader
import FoundationEssentials
import RuleEngine

/// Which rules are in force, and why the newest are not, for whoever asks.
actor RulesState {
  private(set) var inForce: ActiveRules
  private(set) var refused: (refusal: RulesRejection, since: Date)?

  /// The names in them that have moved.
  private(set) var moved: [RenamedEntity] = []

  init(_ inForce: ActiveRules, refusal: RulesRejection?) {
    self.inForce = inForce
    refused = refusal.map { ($0, inForce.since) }
  }

  func takeOver(_ rules: ActiveRules) {
    inForce = rules
    refused = nil
  }

  /// Notes what was told of the rules in force beside their own warnings.
  func told(_ warnings: [String]) { inForce.warnings.formUnion(warnings) }

  func note(moved: [RenamedEntity]) { self.moved = moved }

  /// Notes why the newest rules are not in force; tells whether that is news.
  func refuse(_ refusal: RulesRejection) -> Bool {
    if refused?.refusal == refusal { return false }
    refused = (refusal, Date())
    return true
  }
}

extension Diagnostic {
  /// What it says, wherever it stands.
  var told: String { "[\(code.rawValue)] \(message)" }
}

/// The rules by which events are decided, without their texts.
struct ActiveRules: Sendable {
  let ruleSet: RuleSet
  /// Why everyone may talk to the bot; nil where not everyone may.
  let openAccess: OpenAccess?
  let name: String
  let fingerprint: String
  let since: Date
  /// Where they are the last good ones because the newest were bad at start: when they were good.
  let lastGood: Date?
  /// The warnings that were told of them, without their places: a line that is put in above moves them all.
  fileprivate(set) var warnings: Set<String>

  init(_ rules: ValidatedRules, names warnings: [String] = [], since: Date = Date()) {
    self.warnings = Set(rules.loaded.diagnostics.map(\.told) + rules.news.lines + warnings)
    ruleSet = rules.ruleSet
    openAccess = rules.loaded.openAccess
    name = rules.name
    fingerprint = rules.fingerprint
    lastGood = rules.lastGood
    self.since = since
  }
}
