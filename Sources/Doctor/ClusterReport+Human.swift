package import ConfigLoader
import Core
import Sessions

extension ClusterReport {
  private static let columns = 80

  /// The report in 80 columns: a table of the gateways, what waits, and what is wrong.
  package func human(_ style: ReportStyle) -> String {
    let table = store.members.isEmpty ? [] : Self.table(of: store.members, columns: Self.columns) + [""]
    let sentences = [ClusterTexts.answering(store), ClusterTexts.work(store.work), ClusterTexts.rules(store.rules)]
    let lines = Self.wrapped(address) + [""] + table + sentences.flatMap(Self.wrapped)
    return (lines + findings.flatMap { [""] + Self.lines($0, style) }).map { $0 + "\n" }.joined()
  }

  private static func lines(_ finding: ClusterFinding, _ style: ReportStyle) -> [String] {
    let sign = finding.isWrong ? style.mark("✗", as: .error) : style.mark("!", as: .warning)
    let texts = TextWrapping.lines([finding.text.printable], columns: columns - 2, linesMax: .max)
    let remedy = TextWrapping.lines([finding.remedy.sentence.printable], columns: columns - 4, linesMax: .max)
    return texts.enumerated().map { ($0 == 0 ? sign + " " : "  ") + $1 }
      + remedy.enumerated().map { "  " + style.mark(($0 == 0 ? "→ " : "  ") + $1, as: .help) }
  }

  private static func wrapped(_ text: String) -> [String] {
    TextWrapping.lines([text.printable], columns: columns, linesMax: .max)
  }

  /// Returns the lines of a table, in which names get the columns that the rest leaves.
  private static func table(of members: [StoreInspection.Member], columns: Int) -> [String] {
    let rows = [["version", "joined", "lease", "state", "sessions", "posts"]] + members.map(cells)
    let widths = (0..<rows[0].count).map { column in rows.map { $0[column].columns }.max() ?? 0 }
    let nameColumns = columns - widths.reduce(0) { $0 + 2 + $1 }
    let names = ["gateway"] + members.map { shortened($0.name.printable, columns: nameColumns) }
    let nameWidth = names.map(\.columns).max() ?? 0
    return zip(names, rows).map { name, cells in
      name.padded(to: nameWidth)
        + zip(cells, widths).enumerated().map { index, cell in
          // Numbers end in one line.
          "  " + (index >= cells.count - 2 ? cell.0.padded(to: cell.1, atStart: true) : cell.0.padded(to: cell.1))
        }.joined()
    }
  }

  private static func cells(of member: StoreInspection.Member) -> [String] {
    [
      TextWrapping.cut(member.program.printable, 12), Duration.seconds(member.secondsJoined).approximate + " ago",
      member.state == .leaseOver ? "–" : Duration.seconds(member.secondsLeft).approximate,
      ClusterTexts.state(member.state), "\(member.sessions)", "\(member.openPosts)",
    ]
  }

  /// Returns a name, or its two ends: it begins with the computer, and ends with the process.
  private static func shortened(_ name: String, columns: Int) -> String {
    guard name.columns > columns else { return name }
    let end = name.suffix(min(8, columns / 2))
    return TextWrapping.cut(name, columns - end.columns) + end
  }
}

extension String {
  fileprivate func padded(to width: Int, atStart: Bool = false) -> String {
    let spaces = String(repeating: " ", count: max(0, width - columns))
    return atStart ? spaces + self : self + spaces
  }
}
