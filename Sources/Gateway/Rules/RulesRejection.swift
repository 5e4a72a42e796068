import ConfigLoader
import ServerLookup

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
