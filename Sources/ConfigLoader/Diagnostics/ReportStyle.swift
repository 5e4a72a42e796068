/// How the parts of a report stand out from each other.
package enum ReportStyle: Sendable {
  /// As plain text.
  case plain
  /// In the colours of a terminal.
  case colored

  /// A part of a report.
  package enum Part: Sendable {
    case place, good, error, warning, note, underline, help
  }

  /// The text of a part, made to stand out; what it says is the same in every style.
  package func mark(_ text: String, as part: Part) -> String {
    switch self {
    case .plain: text
    case .colored: "\u{1B}[\(part.rendition)m\(text)\u{1B}[0m"
    }
  }
}

extension ReportStyle.Part {
  /// ECMA-48, section 8.3.117: SELECT GRAPHIC RENDITION.
  fileprivate var rendition: String {
    switch self {
    case .place: "1"
    case .good: "1;32"
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    case .underline: "32"
    case .help: "36"
    }
  }
}

extension Severity {
  var part: ReportStyle.Part {
    switch self {
    case .error: .error
    case .warning: .warning
    }
  }
}
