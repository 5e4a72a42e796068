/// Figures as a table in Markdown, with details and the reasons for missing ones below it.
package struct FigureTable: Sendable {
  private let peer: String?
  private var figures: [Figure] = []

  /// - Parameter peer: the heading of what edgecrab is compared with; `nil` leaves out the columns.
  package init(peer: String?) { self.peer = peer }

  package mutating func add(_ more: [Figure]) { figures += more }

  package var text: String {
    var notes: [String] = []
    func number(_ note: String) -> Int {
      if !notes.contains(note) { notes.append(note) }
      return (notes.firstIndex(of: note) ?? 0) + 1
    }
    func shown(_ reading: Reading, _ places: Int) -> String {
      switch reading {
      case .number(let number): return decimal(number, places)
      case .missing(let reason): return "not measured (\(number("not measured: \(reason)")))"
      }
    }
    let heading = ["", "measured", "must", "aim", "reached"] + (peer.map { [$0, "ratio"] } ?? [])
    let rows =
      [heading]
      + figures.map { figure in
        let goal = figure.goal
        let cells = [
          figure.name + (figure.detail.map { " (\(number($0)))" } ?? ""), shown(figure.measured, figure.places),
          goal?.must.map(Self.limit) ?? "", goal?.aim.map(Self.limit) ?? "",
          figure.measured.number.flatMap { goal?.verdict(on: $0) } ?? "",
        ]
        guard peer != nil else { return cells }
        return cells + [figure.peer.map { shown($0, figure.places) } ?? "", figure.ratio.map { decimal($0, 2) } ?? ""]
      }
    let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      "| "
        + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |"
    }
    let rule = "| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ") + " |"
    let numbered = notes.enumerated().map { "(\($0 + 1)) \($1)" }
    return ([lines[0], rule] + lines.dropFirst() + (numbered.isEmpty ? [] : [""] + numbered)).joined(separator: "\n")
  }

  /// Returns a limit with as many decimals as it needs.
  private static func limit(_ number: Double) -> String {
    let places = (0...2).first { places in
      let scaled = number * [1, 10, 100][places]
      return scaled == scaled.rounded()
    }
    return decimal(number, places ?? 2)
  }
}

extension Figure {
  /// The measured number divided by the peer's.
  fileprivate var ratio: Double? {
    guard let number = measured.number, let other = peer?.number, other > 0 else { return nil }
    return number / other
  }
}
