/// Something found in a rules file: what, where, and the likely cure.
///
/// Texts begin in lower case, end without a period and quote the file in backticks. What they say stands in
/// `Diagnostic+Texts.swift`, how they look in `Report.swift`.
package struct Diagnostic: Error, Sendable, Equatable {
  /// Which kind of finding it is.
  package var code: DiagnosticCode
  /// What is wrong, in one line.
  package var message: String
  /// The spot.
  package var span: SourceSpan
  /// Other places that explain it.
  package var notes: [Note]
  /// The likely cure, where there is one.
  package var help: String?

  /// A second place that explains a finding.
  package struct Note: Sendable, Equatable {
    /// What stands there.
    package var message: String
    /// The place.
    package var span: SourceSpan
  }

  /// Whether it keeps the file from being used.
  package var severity: Severity { code.severity }

  init(_ code: DiagnosticCode, _ message: String, at span: SourceSpan, notes: [Note] = [], help: String? = nil) {
    self.code = code
    self.message = message
    self.span = span
    self.notes = notes
    self.help = help
  }
}

/// How grave a finding is.
package enum Severity: String, Sendable {
  /// The file cannot be used.
  case error
  /// The file can be used, and hardly does what was meant.
  case warning
}
