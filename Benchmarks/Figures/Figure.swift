/// A measured number, or the reason for its absence.
package enum Reading: Sendable {
  case number(Double)
  /// The reason, as the end of a sentence: "not measured: …".
  case missing(String)

  /// Applies a function to the number.
  package func map(_ transform: (Double) -> Double) -> Reading {
    switch self {
    case .number(let number): .number(transform(number))
    case .missing: self
    }
  }

  var number: Double? {
    guard case .number(let number) = self else { return nil }
    return number
  }
}

/// A row of a table: a measurement beside the numbers that it has to reach.
package struct Figure: Sendable {
  /// A limit that must be kept, and one that is aimed at.
  package struct Goal: Sendable {
    let must: Double?
    let aim: Double?
    let isMinimum: Bool

    package static func atMost(_ must: Double, aim: Double? = nil) -> Goal {
      Goal(must: must, aim: aim, isMinimum: false)
    }

    package static func atMost(aim: Double) -> Goal { Goal(must: nil, aim: aim, isMinimum: false) }

    package static func atLeast(_ must: Double, aim: Double? = nil) -> Goal {
      Goal(must: must, aim: aim, isMinimum: true)
    }

    fileprivate func isReached(_ limit: Double, by number: Double) -> Bool {
      isMinimum ? number >= limit : number <= limit
    }

    /// Returns the limit that is reached, `aim` or `must`, or `missed`.
    func verdict(on number: Double) -> String {
      if let aim, isReached(aim, by: number) { return "aim" }
      guard let must else { return "missed" }
      return isReached(must, by: number) ? "must" : "missed"
    }
  }

  let name: String
  let measured: Reading
  let places: Int
  let goal: Goal?
  let peer: Reading?
  let detail: String?

  /// - Parameters:
  ///   - detail: printed below the table.
  ///   - places: the decimals to print.
  ///   - peer: the same measured on what edgecrab is compared with, in the same run.
  package init(
    _ name: String, detail: String? = nil, _ measured: Reading, places: Int = 0, _ goal: Goal? = nil,
    peer: Reading? = nil
  ) {
    (self.name, self.detail, self.measured) = (name, detail, measured)
    (self.places, self.goal, self.peer) = (places, goal, peer)
  }
}

/// Formats a number with this many decimals.
package func decimal(_ number: Double, _ places: Int) -> String {
  let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
  let scaled = Int((number.magnitude * Double(scale)).rounded())
  let sign = number < 0 && scaled > 0 ? "-" : ""
  guard places > 0 else { return sign + "\(scaled)" }
  let fraction = String(scaled % scale)
  return sign + "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
}

/// Returns the value at a fraction of the sorted values: 0.5 is the median.
package func quantile(_ values: [Double], _ fraction: Double) -> Double {
  guard !values.isEmpty else { return .nan }
  return values.sorted()[min(values.count - 1, Int(Double(values.count) * fraction))]
}
