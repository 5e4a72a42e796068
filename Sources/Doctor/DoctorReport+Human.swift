package import ConfigLoader
import Core

extension DoctorReport {
  /// The report in 80 columns: a line for each check, with the remedy below those that failed, and a summary.
  package func human(_ style: ReportStyle) -> String {
    let (wrong, warnings, unchecked) = (number(of: .wrong), number(of: .warning), number(of: .unchecked))
    let parts = [
      wrong == 0 ? "no problems" : wrong.counted("problem"),
      warnings == 0 ? nil : warnings.counted("warning"), unchecked == 0 ? nil : "\(unchecked) not checked",
    ]
    return lines(style) + "\n\(checks.count) checks: " + parts.compactMap(\.self).joined(separator: ", ") + "\n"
  }

  /// The report without the summary.
  package func lines(_ style: ReportStyle) -> String {
    checks.flatMap { $0.lines(style) }.map { $0 + "\n" }.joined()
  }
}

extension DoctorCheck {
  private static let columns = 80
  private static let margin = 12

  fileprivate func lines(_ style: ReportStyle) -> [String] {
    let (sign, part) = state.sign
    let head = id.title + String(repeating: " ", count: max(1, Self.margin - 2 - id.title.count))
    let texts = TextWrapping.wrapped(text.printable, columns: Self.columns - Self.margin)
    let first = part.map { style.mark(sign, as: $0) } ?? sign
    var lines = ["\(first) \(head)\(texts.first ?? "")"]
    lines += texts.dropFirst().map { String(repeating: " ", count: Self.margin) + $0 }
    let wrapped = remedy.flatMap { paragraph in
      paragraph.hasPrefix(" ")
        ? [paragraph] : TextWrapping.wrapped(paragraph.printable, columns: Self.columns - Self.margin - 2)
    }
    lines += wrapped.enumerated().map { index, line in
      String(repeating: " ", count: Self.margin) + style.mark((index == 0 ? "→ " : "  ") + line, as: .help)
    }
    return lines
  }
}

extension DoctorCheck.State {
  fileprivate var sign: (String, ReportStyle.Part?) {
    switch self {
    case .good: ("✓", .good)
    case .wrong: ("✗", .error)
    case .warning: ("!", .warning)
    case .unchecked: ("–", nil)
    }
  }
}

extension DoctorCheck.ID {
  fileprivate var title: String {
    switch self {
    case .dns, .tcp, .tls, .rest: rawValue.uppercased()
    case .websocket: "WebSocket"
    default: rawValue
    }
  }
}
