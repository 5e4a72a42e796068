import Core

extension DoctorReport {
  /// One JSON document about all checks.
  package var json: String {
    let document: JSON = [
      "version": 1, "wrong": .int(checks.count { $0.state == .wrong }),
      "warnings": .int(checks.count { $0.state == .warning }),
      "unchecked": .int(checks.count { $0.state == .unchecked }), "checks": .array(checks.map(\.json)),
    ]
    return document.lines
  }
}

extension DoctorCheck {
  fileprivate var json: JSON {
    [
      "id": .string(id.rawValue), "state": .string(state.rawValue), "text": .string(text),
      "cure": .array(cure.map { .string($0) }),
    ]
  }
}
