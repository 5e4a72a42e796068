extension ConfigNode {
  /// The value on one line, as it can be written into the file, for a cure that repeats it; `…` for one that is too long
  /// to repeat, or that may hold a secret.
  var flow: String { repeated ?? "…" }

  /// Whether a cure repeats the value: it is short, and may not hold a secret.
  var isRepeatable: Bool { repeated != nil }

  private var repeated: String? { written(Limits.repeatedScalarsMax)?.printable }

  /// Returns the value in at most so many scalars.
  private func written(_ scalarsMax: Int) -> String? {
    let text: String?
    switch value {
    case .scalar(let scalar, let style):
      guard scalar.utf8.count <= 4 * scalarsMax, !SecretScanner.holdsUserInfo(scalar) else { return nil }
      if style == .plain { text = scalar.contains("\n") ? nil : scalar } else { text = YAMLScalar.written(scalar) }
    case .sequence(let items):
      text = Self.joined(items, scalarsMax) { $0.written(scalarsMax) }.map { "[" + $0 + "]" }
    case .mapping(let entries):
      text = Self.joined(entries, scalarsMax) { entry in
        SecretScanner.isSecret(key: entry.key) ? nil : entry.value.written(scalarsMax).map { "\(entry.key): \($0)" }
      }.map { "{ " + $0 + " }" }
    case .broken: text = nil
    }
    return text.flatMap { $0.unicodeScalars.count <= scalarsMax ? $0 : nil }
  }

  /// Returns the parts of a list or map, up to the first that is not repeated, which makes it `nil`.
  private static func joined<Part>(_ parts: [Part], _ scalarsMax: Int, _ written: (Part) -> String?) -> String? {
    var texts: [String] = []
    for part in parts {
      // Each takes a comma.
      guard texts.count < scalarsMax, let text = written(part) else { return nil }
      texts.append(text)
    }
    return texts.joined(separator: ", ")
  }
}
