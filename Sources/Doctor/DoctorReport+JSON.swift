import Core

extension DoctorReport {
  /// The report as one JSON document.
  package var json: String {
    let document: JSON = [
      "version": 1, "wrong": .int(number(of: .wrong)), "warnings": .int(number(of: .warning)),
      "unchecked": .int(number(of: .unchecked)), "checks": .array(checks.map(\.json)),
    ]
    return document.lines
  }
}

extension DoctorCheck {
  fileprivate var json: JSON {
    [
      "id": .string(id.rawValue), "state": .string(state.rawValue), "text": .string(text),
      "remedy": .array(remedy.map { .string($0) }),
    ]
  }
}
