/// An error or a warning about a rules file, with its span and the likely remedy.
///
/// Texts begin in lower case, end without a period and quote the file in backticks. `FileDiagnostics`,
/// `ValueDiagnostics`, `RuleDiagnostics` and `WarningDiagnostics` have the sentences, `DiagnosticReport` the layout.
package struct Diagnostic: Error, Sendable, Equatable {
  /// The stable code of the kind.
  package var code: DiagnosticCode
  /// The problem, on one line.
  package var message: String
  /// The span of the problem.
  package var span: SourceSpan
  /// Other spans that explain it.
  package var notes: [Note]
  /// The likely remedy, if there is one.
  package var help: String?

  /// A second span that explains a diagnostic.
  package struct Note: Sendable, Equatable {
    package var message: String
    package var span: SourceSpan

    package init(message: String, span: SourceSpan) {
      self.message = message
      self.span = span
    }
  }

  package var severity: Severity { code.severity }

  package init(_ code: DiagnosticCode, _ message: String, at span: SourceSpan, notes: [Note] = [], help: String? = nil)
  {
    self.code = code
    self.message = message
    self.span = span
    self.notes = notes
    self.help = help
  }
}

/// The severity of a diagnostic.
package enum Severity: String, Sendable {
  /// The file cannot be used.
  case error
  /// The file can be used, but probably contains a mistake.
  case warning
}

extension Diagnostic {
  static func orNearest(_ name: String?) -> String {
    name.map { "; did you mean \(quoted($0))?" } ?? ""
  }

  static func firstDefined(_ span: SourceSpan) -> Note { Note(message: "first defined here", span: span) }

  /// Quotes a key for a message. A name with an article is that of a section.
  static func called(_ key: String) -> String { key.hasPrefix("a ") ? key : quoted(key) }
}

/// Collects diagnostics, without duplicates and up to a limit.
package struct DiagnosticCollector: Sendable {
  /// The diagnostics, in the order of their addition.
  package private(set) var kept: [Diagnostic] = []
  /// The number of diagnostics beyond the limit.
  package private(set) var leftOut = 0
  /// The number of errors, beyond the limit as well.
  package private(set) var errors = 0

  package init() {}

  // An alias repeats a mistake with the same span.
  private var seen: Set<Identity> = []

  private struct Identity: Hashable {
    var code: DiagnosticCode
    var span: SourceSpan
    var message: String
  }

  package var isFull: Bool { kept.count >= Limits.diagnosticsMax }

  package mutating func add(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { errors += 1 }
    if isFull {
      leftOut += 1
    } else if seen.insert(Identity(code: diagnostic.code, span: diagnostic.span, message: diagnostic.message)).inserted
    {
      kept.append(diagnostic)
    }
  }

  package mutating func add(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { add(diagnostic) }
  }

  /// The diagnostics in the order of their positions.
  package var sorted: [Diagnostic] {
    kept.sorted { ($0.span.start, $0.code.rawValue) < ($1.span.start, $1.code.rawValue) }
  }
}
