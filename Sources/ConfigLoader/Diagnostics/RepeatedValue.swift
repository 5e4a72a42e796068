extension ConfigNode {
  /// The value on one line in YAML's flow style, for a help that repeats it; `…` if it is too long, or may contain a
  /// secret.
  var flow: String { repeated ?? "…" }

  /// Indicates whether a help may repeat the value: it is short, and contains no secret.
  var isRepeatable: Bool { repeated != nil }

  private var repeated: String? { written(Limits.repeatedScalarsMax)?.printable }

  /// Returns the value in flow style, or `nil` if it has more than `scalarsMax` Unicode scalars.
  private func written(_ scalarsMax: Int) -> String? {
    let text: String?
    switch value {
    case .scalar(let scalar, let style):
      guard scalar.utf8.count <= 4 * scalarsMax, !SecretScanner.containsUserInfo(scalar) else { return nil }
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

  /// Returns the joined parts of a list or map, or `nil` if one of them cannot be repeated.
  private static func joined<Part>(_ parts: [Part], _ scalarsMax: Int, _ written: (Part) -> String?) -> String? {
    var texts: [String] = []
    for part in parts {
      // Each part has a comma.
      guard texts.count < scalarsMax, let text = written(part) else { return nil }
      texts.append(text)
    }
    return texts.joined(separator: ", ")
  }
}
