/// The metrics of one name: what they measure, and the labels that tell them apart.
///
/// See <https://prometheus.io/docs/practices/naming/>.
package struct MetricFamily: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case counter
    case gauge
    /// The upper bounds of the buckets, ascending, without infinity.
    case histogram(buckets: [Double])

    /// The name in the text format.
    package var name: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  /// A label of each metric of the family.
  package struct Label: Sendable, Equatable {
    package let name: String
    /// All values, or `nil` if they come from outside, such as the names of rules; `Limits` bounds their number.
    package let values: [String]?

    package init(_ name: String, values: [String]? = nil) {
      self.name = name
      self.values = values
    }
  }

  package let name: String
  /// What is measured, as a phrase on one line.
  package let help: String
  package let kind: Kind
  package let labels: [Label]

  package init(_ name: String, _ help: String, _ kind: Kind, labels: [Label] = []) {
    self.name = name
    self.help = help
    self.kind = kind
    self.labels = labels
  }

  /// The number of lines that one set of label values has in the text format.
  var linesPerSet: Int {
    switch kind {
    case .counter, .gauge: 1
    // The bounds, infinity, the sum and the count.
    case .histogram(let buckets): buckets.count + 3
    }
  }
}
