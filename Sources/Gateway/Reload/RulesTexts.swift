import ConfigLoader
import Core
import FoundationEssentials
import Logging
import RuleEngine

/// What is said of rules that are taken over or refused: in the log, on the terminal and in `/status`.
enum RulesTexts {
  // MARK: On the terminal

  /// One line: which rules decide from now on, and what is different.
  static func takenOver(_ rules: ValidatedRules, from old: ActiveRules) -> String {
    "\(rules.name) taken over: \(RuleSetDifference(from: old.ruleSet, to: rules.ruleSet).summary)"
  }

  /// Says how many warnings hold of the new file that held of the old one.
  static func standing(_ count: Int) -> String {
    switch count {
    case 0: ""
    case 1: "; 1 warning as before, which `edgecrab rules check` shows"
    default: "; \(count) warnings as before, which `edgecrab rules check` shows"
    }
  }

  static func refused(_ refusal: RulesRejection, inForce: ActiveRules) -> ReloadMessage {
    var news = refused(refusal)
    news.lines.append("\(refusal.name) is not taken over; \(kept(inForce))")
    return news
  }

  static func refused(_ refusal: RulesRejection) -> ReloadMessage {
    if case .findings(_, _, let report) = refusal.reason { return ReloadMessage(report: report) }
    return ReloadMessage(lines: reason(refusal).split(separator: "\n").map(String.init))
  }

  private static func reason(_ refusal: RulesRejection) -> String {
    switch refusal.reason {
    case .findings(_, _, let report): report
    case .unreadable(let reason), .gone(let reason), .expression(let reason): reason
    case .serverSilent(let reason):
      "the names in \(refusal.name) cannot be looked up, which is tried again: \(reason)"
    }
  }

  static func gone(_ name: String) -> String { "\(name) is gone; put it back, or restart for the built-in rules" }

  private static func kept(_ rules: ActiveRules) -> String {
    rules.lastGood.map { "the last good rules of \(moment($0)) stay in force" }
      ?? "the rules of \(moment(rules.since)) stay in force"
  }

  static func usingLastGood(_ name: String, of date: Date, copy: String) -> String {
    "\(name) is not used for what is said above; using the last good rules of \(moment(date)), kept in \(copy)"
  }

  /// What to call rules at start.
  static func title(_ rules: ValidatedRules) -> String {
    rules.lastGood.map { "\(rules.name), the last good of \(moment($0))" } ?? rules.name
  }

  // MARK: In the log

  static func facts(
    of rules: ValidatedRules, _ news: String, _ findings: [Diagnostic], _ warnings: [String], _ standing: Int
  ) -> Logger.Metadata {
    var facts: Logger.Metadata = [
      "rules": "\(rules.name)", "sha256": "\(rules.fingerprint.prefix(12))", "news": "\(news)",
    ]
    let all = listed(findings) + warnings
    if standing > 0 { facts["warnings_as_before"] = .stringConvertible(standing) }
    if !all.isEmpty { facts["warnings"] = .array(all.map { "\($0)" }) }
    return facts
  }

  /// The errors, without their pictures.
  static func facts(of refusal: RulesRejection, _ inForce: ActiveRules) -> Logger.Metadata {
    var facts: Logger.Metadata = ["rules": "\(refusal.name)", "kept": "\(kept(inForce))"]
    if case .findings(let findings, _, _) = refusal.reason {
      facts["findings"] = .array(listed(findings.filter { $0.severity == .error }).map { "\($0)" })
    } else {
      facts["reason"] = "\(reason(refusal).replacing("\n", with: "; "))"
    }
    return facts
  }

  private static func listed(_ findings: [Diagnostic]) -> [String] {
    findings.prefix(Limits.findingsLogged).map { "\(place($0)) \($0.message) [\($0.code.rawValue)]" }
  }

  static func unwatched(_ path: String, _ problem: FileWatcherError) -> Logger.Metadata {
    ["file": "\(path)", "reason": "the kernel does not tell of changes: \(problem)"]
  }

  // MARK: In the chat

  /// The rows of `/status`: no path, and of what stands in the file only users' names that have moved.
  static func status(
    _ rules: ActiveRules, _ refusal: RulesRejection?, _ moved: [RenamedEntity]
  ) -> [(title: String, text: String)] {
    let file = rules.name.split(separator: "/").last.map(String.init) ?? rules.name
    let origin = rules.lastGood.map { "the last good of \(moment($0))" } ?? "since \(moment(rules.since))"
    let row = ("Rules", "\(file), \(origin)")
    let refused = refusal.map { [("Newest rules", "refused: \(shortened($0))")] } ?? []
    return [row] + refused + (moved.isEmpty ? [] : [("Renamed", NameTexts.shortly(moved))])
  }

  private static func shortened(_ refusal: RulesRejection) -> String {
    switch refusal.reason {
    case .findings(let findings, _, _):
      findings.first { $0.severity == .error }
        .map { "\(place($0)), \(withoutQuotes($0.message)) [\($0.code.rawValue)]" } ?? "more mistakes than are told"
    case .unreadable: "the file or the environment cannot be read, or others may change it"
    case .gone: "the file is gone"
    case .serverSilent: "the server could not be asked for the names in them; this is tried again"
    case .expression: "a regular expression cannot be used"
    }
  }

  /// A message without what it quotes of the file, where a value may stand that a variable put in.
  private static func withoutQuotes(_ message: String) -> String {
    let parts = message.split(separator: "`", omittingEmptySubsequences: false)
    return parts.enumerated().map { $0 % 2 == 0 ? String($1) : "…" }.joined().singleLine(atMost: Limits.shortened)
  }

  private static func place(_ finding: Diagnostic) -> String { "line \(finding.span.start.line)" }

  /// `2025-06-01 09:30 UTC`.
  static func moment(_ date: Date) -> String {
    let text = date.formatted(.iso8601)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }
}
