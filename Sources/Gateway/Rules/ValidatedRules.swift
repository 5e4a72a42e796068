package import ConfigLoader
package import FoundationEssentials
package import RuleEngine
import ServerLookup

/// Rules that loaded without errors, with their origin.
package struct ValidatedRules: Sendable {
  package let ruleSet: RuleSet
  /// The file's path as the user gave it, or `the built-in rules`.
  package let name: String
  /// The SHA-256 of the file's bytes, as 64 hexadecimal digits.
  package let fingerprint: String
  /// The time at which the file was valid, if this is the copy of the last valid one.
  package let lastGood: Date?
  /// Warnings to print before the rules are used.
  package let message: ReloadMessage
  let loaded: LoadedRules

  /// - Parameters:
  ///   - warnings: Warnings that are not among the diagnostics of the file.
  ///   - recordsMessages: Records decisions and messages, whatever `journal` in the file says, as for a sandbox.
  /// - Throws: The diagnostics, if one of them is an error.
  package init(
    _ loaded: LoadedRules, warnings: [String] = [], recordsMessages: Bool = false
  ) throws(RulesRejection) {
    guard var rules = loaded.rules else { throw RulesRejection(loaded) }
    if recordsMessages { (rules.journal.facts, rules.journal.text) = (true, true) }
    ruleSet = rules
    name = loaded.source.file
    fingerprint = loaded.fingerprint
    lastGood = nil
    message = ReloadMessage(report: loaded.report, lines: warnings)
    self.loaded = loaded
  }

  /// Uses the copy of the last valid rules instead of the file `name`; `nil` if the copy is not valid any more.
  package init?(_ copy: LastGoodRules.Copy, insteadOf name: String) {
    guard let rules = copy.loaded.rules else { return nil }
    ruleSet = rules
    self.name = name
    fingerprint = copy.fingerprint
    lastGood = copy.moment
    message = ReloadMessage(lines: [RulesTexts.usingLastGood(name, of: copy.moment, copy: copy.loaded.source.file)])
    loaded = copy.loaded
  }
}

/// A message on the terminal about the gateway's rules.
package struct ReloadMessage: Sendable, Equatable {
  /// The diagnostics of the file, with source snippets; empty if there are none.
  package var report = ""
  /// Sentences to print after the report.
  package var lines: [String] = []
}

/// The newest rules cannot be used; those in force stay.
package struct RulesRejection: Error, Sendable, Equatable {
  let name: String
  let reason: Reason

  enum Reason: Sendable, Equatable {
    case diagnostics([Diagnostic], leftOut: Int, report: String)
    case unreadable(String)
    case missing(String)
    case lookupFailed(String)
    case unusable(String)
  }

  init(_ name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// The file has errors.
  init(_ loaded: LoadedRules) {
    name = loaded.source.file
    reason = .diagnostics(loaded.diagnostics, leftOut: loaded.leftOut, report: loaded.report)
  }

  /// The file, or the environment that it refers to, cannot be read.
  ///
  /// - Parameter reason: The problem and the remedy.
  package init(_ name: String, unreadable reason: String) {
    self.init(name, .unreadable(reason))
  }

  /// The file does not exist any more.
  ///
  /// - Parameter reason: The problem and the remedy.
  package init(gone name: String, _ reason: String) {
    self.init(name, .missing(reason))
  }

  init(_ name: String, _ error: RulesResolutionError) {
    switch error {
    case .lookup(.server(_)): self.init(name, .lookupFailed("\(error)"))
    case .lookup(.pinnedNames(_)), .expression: self.init(name, .unusable("\(error)"))
    }
  }

  /// True if the same file may be accepted a little later, so that it is tried again.
  var isTransient: Bool {
    if case .lookupFailed = reason { true } else { false }
  }

  package var message: ReloadMessage { RulesTexts.rejected(self) }
}
