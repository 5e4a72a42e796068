package import ConfigLoader
package import FoundationEssentials
package import RuleEngine

/// Rules that were loaded without errors, and where they are from.
package struct ValidatedRules: Sendable {
  /// The rules.
  package let ruleSet: RuleSet
  /// What to call them: the file's path as the user gave it, or `the built-in rules`.
  package let name: String
  /// The SHA-256 of the file's bytes, as 64 hexadecimal digits.
  package let fingerprint: String
  /// Where they are the copy of a file that was good last: when it was.
  package let lastGood: Date?
  /// What is to be said of them before they decide anything.
  package let news: ReloadMessage
  let loaded: LoadedRules

  /// Takes a loaded file.
  ///
  /// - Parameter warnings: what is to be said of it beside its findings.
  /// - Throws: its findings, where one is an error.
  package init(_ loaded: LoadedRules, warnings: [String] = []) throws(RulesRejection) {
    guard let rules = loaded.rules else { throw RulesRejection(loaded) }
    ruleSet = rules
    name = loaded.source.file
    fingerprint = loaded.fingerprint
    lastGood = nil
    news = ReloadMessage(report: loaded.report, lines: warnings)
    self.loaded = loaded
  }

  /// Takes the copy of the last good rules in the place of the file `name`; nil where it can no longer be used.
  package init?(_ kept: LastGoodRules.Kept, insteadOf name: String) {
    guard let rules = kept.loaded.rules else { return nil }
    ruleSet = rules
    self.name = name
    fingerprint = kept.fingerprint
    lastGood = kept.moment
    news = ReloadMessage(lines: [RulesTexts.usingLastGood(name, of: kept.moment, copy: kept.loaded.source.file)])
    loaded = kept.loaded
  }
}
