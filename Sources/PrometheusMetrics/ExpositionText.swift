/// Prometheus' text format 0.0.4.
///
/// See <https://prometheus.io/docs/instrumenting/exposition_formats/>.
struct ExpositionText {
  private(set) var bytes: [UInt8] = []

  /// Begins a family: all of its metrics follow.
  mutating func begin(_ family: MetricFamily) {
    append("# HELP \(family.name) ")
    append(escaping: family.help)
    append("\n# TYPE \(family.name) \(family.kind.name)\n")
  }

  /// Adds the line of one metric.
  mutating func add(_ name: String, _ labels: [(String, String)], _ value: Double) {
    append(name)
    for (index, label) in labels.enumerated() {
      append(index == 0 ? "{" : ",")
      append(label.0)
      append("=\"")
      append(escaping: label.1, isQuoted: true)
      append("\"")
    }
    append(labels.isEmpty ? " " : "} ")
    append(Self.number(value))
    append("\n")
  }

  /// Returns a number as Go reads it.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(\.description) ?? value.description
  }

  private mutating func append(_ text: String) { bytes += text.utf8 }

  /// Appends a text on one line: of the help, or a label value between quotes.
  private mutating func append(escaping text: String, isQuoted: Bool = false) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): append("\\\\")
      case UInt8(ascii: "\n"): append("\\n")
      case UInt8(ascii: "\"") where isQuoted: append("\\\"")
      default: bytes.append(byte)
      }
    }
  }
}
