import ConfigLoader
import Core
import FoundationEssentials
import Logging
import RuleAnalysis
import RuleEngine
import ServerLookup

/// The texts about rules that are loaded or rejected: in the log, on the terminal and in `!status`.
enum RulesTexts {
  // MARK: On the terminal

  /// The rules that are in force from now on, and their differences from the earlier ones.
  static func activated(_ rules: ValidatedRules, insteadOf old: ActiveRules) -> String {
    "\(rules.name) is now in force: \(RuleSetDifference(from: old.ruleSet, to: rules.ruleSet).summary)"
  }

  /// The number of warnings that were printed before.
  static func repeated(_ count: Int) -> String {
    count == 0 ? "" : "; \(count.counted("warning")) as before, see `edgecrab rules check`"
  }

  static func rejected(_ rejection: RulesRejection, keeping active: ActiveRules) -> ReloadMessage {
    var message = rejected(rejection)
    message.lines.append("\(rejection.name) is rejected; \(kept(active))")
    return message
  }

  static func rejected(_ rejection: RulesRejection) -> ReloadMessage {
    if case .diagnostics(_, _, let report) = rejection.reason { return ReloadMessage(report: report) }
    return ReloadMessage(lines: reason(rejection).split(separator: "\n").map(String.init))
  }

  private static func reason(_ rejection: RulesRejection) -> String {
    switch rejection.reason {
    case .diagnostics(_, _, let report): report
    case .unreadable(let reason), .missing(let reason), .unusable(let reason): reason
    case .lookupFailed(let reason):
      "the names in \(rejection.name) cannot be resolved; trying again: \(reason)"
    }
  }

  static func missing(_ name: String) -> String {
    "\(name) does not exist any more; restore it, or restart to use the built-in rules"
  }

  private static func kept(_ rules: ActiveRules) -> String {
    rules.lastGood.map { "the last good rules, of \($0.toTheMinute), stay in force" }
      ?? "the rules of \(rules.since.toTheMinute) stay in force"
  }

  static func usingLastGood(_ name: String, of date: Date, copy: String) -> String {
    "\(name) is not used because of the errors above; using the last good rules, of \(date.toTheMinute), from \(copy)"
  }

  /// The name of the rules in the start report.
  static func title(_ rules: ValidatedRules) -> String {
    rules.lastGood.map { "\(rules.name), the last good of \($0.toTheMinute)" } ?? rules.name
  }

  // MARK: In the log

  static func metadata(
    _ rules: ValidatedRules, changes: String, _ diagnostics: [Diagnostic], _ warnings: [String], repeated: Int
  ) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "rules": "\(rules.name)", "sha256": "\(rules.fingerprint.prefix(12))", "changes": "\(changes)",
    ]
    let all = listed(diagnostics) + warnings
    if repeated > 0 { metadata["warnings_as_before"] = .stringConvertible(repeated) }
    if !all.isEmpty { metadata["warnings"] = .array(all.map { "\($0)" }) }
    return metadata
  }

  static func metadata(_ rejection: RulesRejection, keeping active: ActiveRules) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["rules": "\(rejection.name)", "kept": "\(kept(active))"]
    if case .diagnostics(let diagnostics, _, _) = rejection.reason {
      metadata["errors"] = .array(listed(diagnostics.filter { $0.severity == .error }).map { "\($0)" })
    } else {
      metadata["reason"] = "\(reason(rejection).replacing("\n", with: "; "))"
    }
    return metadata
  }

  private static func listed(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.prefix(Limits.diagnosticsLogged).map { "\(line($0)) \($0.message) [\($0.code.rawValue)]" }
  }

  // MARK: In the chat

  /// The rows of `!status`. A chat may be public, so they have no path, and of the file's text only renamed users.
  static func status(
    _ rules: ActiveRules, _ rejection: RulesRejection?, _ renamed: [RenamedEntity]
  ) -> [(title: String, text: String)] {
    let file = rules.name.split(separator: "/").last.map(String.init) ?? rules.name
    let origin = rules.lastGood.map { "the last good of \($0.toTheMinute)" } ?? "since \(rules.since.toTheMinute)"
    let row = ("Rules", "\(file), \(origin)")
    let rejected = rejection.map { [("Newest rules", "rejected: \(summary($0))")] } ?? []
    return [row] + rejected + (renamed.isEmpty ? [] : [("Renamed", summary(renamed))])
  }

  private static func summary(_ rejection: RulesRejection) -> String {
    switch rejection.reason {
    case .diagnostics(let diagnostics, _, _):
      diagnostics.first { $0.severity == .error }
        .map { "\(line($0)), \(withoutQuotes($0.message)) [\($0.code.rawValue)]" } ?? "too many errors to list"
    case .unreadable: "the file or the environment cannot be read, or other users can change it"
    case .missing: "the file does not exist any more"
    case .lookupFailed: "the server did not resolve the names in them; trying again"
    case .unusable: "a regular expression, or the file of pinned names, cannot be used"
    }
  }

  /// Names of private channels are left out. Names of users are shown as code, which mentions no one.
  static func summary(_ renamed: [RenamedEntity]) -> String {
    let users = renamed.filter { $0.role == .user }.map { entry in
      func code(_ name: String) -> String { entry.role.shown(name).codeSpan(atMost: Limits.excerptScalarsMax) }
      if entry.isTaken { return "\(code(entry.name)) now belongs to a different user" }
      return "\(code(entry.name)) is now called \(entry.now.map(code) ?? "something else")"
    }
    let others = renamed.count - users.count
    let rest = others == 0 ? [] : ["\(others.counted("other name"))"]
    return (users.prefix(Limits.renamesShown) + rest).joined(separator: "; ") + "; the rules still apply by id"
  }

  /// Returns a message without its quotations, which may hold the value of a variable.
  private static func withoutQuotes(_ message: String) -> String {
    let parts = message.split(separator: "`", omittingEmptySubsequences: false)
    return parts.enumerated().map { $0 % 2 == 0 ? String($1) : "…" }.joined()
      .singleLine(atMost: Limits.excerptScalarsMax)
  }

  private static func line(_ diagnostic: Diagnostic) -> String { "line \(diagnostic.span.start.line)" }
}

extension Date {
  /// `2025-06-01 09:30 UTC`.
  var toTheMinute: String { Timestamp(self).toTheMinute }
}
