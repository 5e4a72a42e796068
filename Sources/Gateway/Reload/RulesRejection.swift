import ConfigLoader

/// Why the newest rules are not taken over. The rules in force stay.
package struct RulesRejection: Error, Sendable, Equatable {
  let name: String
  let reason: Reason

  enum Reason: Sendable, Equatable {
    case findings([Diagnostic], leftOut: Int, report: String)
    case unreadable(String)
    case gone(String)
    case serverSilent(String)
    case expression(String)
  }

  /// Loaded, with errors.
  init(_ loaded: LoadedRules) {
    name = loaded.source.file
    reason = .findings(loaded.diagnostics, leftOut: loaded.leftOut, report: loaded.report)
  }

  /// The file, or what its variables are read from, cannot be read: `reason` says what and what to do.
  package init(_ name: String, unreadable reason: String) {
    self.init(name, .unreadable(reason))
  }

  /// There is no such file any more: `reason` says what and what to do.
  package init(gone name: String, _ reason: String) {
    self.init(name, .gone(reason))
  }

  init(_ name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// Whether the same file may be good a little later, so that it is tried again without being asked to.
  var isPassing: Bool {
    if case .serverSilent = reason { true } else { false }
  }

  /// All that is wrong.
  package var news: ReloadMessage { RulesTexts.refused(self) }
}
