extension ConfigNode {
  /// The value on one line, as it can be written into the file, for a cure that repeats it; `…` for one that is too long
  /// to repeat, or that may hold a secret.
  var flow: String { flow(budget: Limits.repeatedScalarsMax) ?? "…" }

  private func flow(budget: Int) -> String? {
    var left = budget
    func written(_ node: ConfigNode) -> String? {
      let text: String?
      switch node.value {
      case .scalar(let scalar, .plain): text = scalar.contains("\n") ? nil : scalar
      case .scalar(let scalar, _): text = YAMLScalar.written(scalar)
      case .sequence(let items):
        let parts = items.prefix(budget).map { written($0) }
        text = parts.contains(nil) ? nil : "[" + parts.compactMap(\.self).joined(separator: ", ") + "]"
      case .mapping(let entries):
        let parts = entries.prefix(budget).map { entry in
          SecretSpots.isSecret(key: entry.key) ? nil : written(entry.value).map { "\(entry.key): \($0)" }
        }
        text = parts.contains(nil) ? nil : "{ " + parts.compactMap(\.self).joined(separator: ", ") + " }"
      case .broken: text = nil
      }
      guard let text else { return nil }
      left = budget - text.unicodeScalars.count
      return left < 0 ? nil : text
    }
    return written(self)?.printable
  }
}
