import ConfigLoader
import Logging

/// Reports rules that have replaced others, or were rejected, on the terminal or in the log.
struct RulesReporter: Sendable {
  /// Shows a message on the terminal; `nil` writes it to the log.
  let show: (@Sendable (ReloadMessage) -> Void)?
  let state: RulesState
  let logger: Logger

  /// Reports rules that are in force from now on, with the warnings that were not printed for the old ones.
  func report(_ rules: ValidatedRules, _ nameWarnings: [String], insteadOf old: ActiveRules) {
    let changes = RulesTexts.activated(rules, insteadOf: old)
    let diagnostics = rules.loaded.diagnostics.filter { !old.warnings.contains($0.textWithoutPosition) }
    let warnings = (rules.message.lines + nameWarnings).filter { !old.warnings.contains($0) }
    // Warnings about names are not counted, because `rules check` does not show them.
    let repeated = rules.loaded.diagnostics.count - diagnostics.count
    if let show {
      let report = diagnostics.isEmpty ? "" : rules.loaded.source.report(diagnostics)
      show(ReloadMessage(report: report, lines: [changes + RulesTexts.repeated(repeated)] + warnings))
    } else {
      logger.notice(
        "rules changed",
        metadata: RulesTexts.metadata(rules, changes: changes, diagnostics, warnings, repeated: repeated))
    }
  }

  /// Reports that rules are rejected and the present ones stay.
  func report(_ rejection: RulesRejection) async {
    let active = await state.active
    if let show {
      show(RulesTexts.rejected(rejection, keeping: active))
    } else {
      logger.error("rules rejected", metadata: RulesTexts.metadata(rejection, keeping: active))
    }
  }
}
