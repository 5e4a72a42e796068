/// The style of a report: plain text or the colours of a terminal. It does not change the text.
package enum ReportStyle: Sendable {
  case plain, colored

  /// A part of a report with a colour of its own.
  package enum Part: Sendable {
    case location, good, error, warning, note, underline, help
  }

  /// Returns a part of the report in its colour.
  package func mark(_ text: String, as part: Part) -> String {
    switch self {
    case .plain: text
    case .colored: "\u{1B}[\(part.rendition)m\(text)\u{1B}[0m"
    }
  }
}

extension ReportStyle.Part {
  /// The parameters of SELECT GRAPHIC RENDITION (ECMA-48, section 8.3.117).
  fileprivate var rendition: String {
    switch self {
    case .location: "1"
    case .good: "1;32"
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    case .underline: "32"
    case .help: "36"
    }
  }
}
