/// A scalar's spelling, line by line, without the indentation that is not part of its text.
struct SyntaxScalar {
  let isBlock: Bool
  /// The first line; of a block scalar its header, `|` or `>-`.
  let head: String
  /// The lines below.
  let rest: [String]

  /// Whether the empty lines at its end are part of the text.
  var keepsBlankLines: Bool { isBlock && head.contains("+") }

  /// A plain or quoted scalar: white space that opens a line is no part of it.
  init(flowLines lines: [String]) {
    isBlock = false
    head = lines[0]
    rest = lines.dropFirst().map { String($0.drop { $0 == " " || $0 == "\t" }) }
  }

  /// A block scalar, from its header on, which stands for `text`.
  init(blockLines lines: [String], text: String) {
    isBlock = true
    let mark = lines[0].prefix { $0 != " " && $0 != "\t" }
    let indentation = Self.indentation(lines.dropFirst()) - Self.indentation(text.split(separator: "\n")[...])
    var rest = lines.dropFirst().map { line in
      String(line.dropFirst(min(max(0, indentation), line.prefix { $0 == " " }.count)))
    }
    if rest.last == "" { rest.removeLast() }
    // At the end of a file without a line break, the text has none either: the sign for that is the strip mark.
    let isCut = !text.isEmpty && !text.hasSuffix("\n") && !mark.contains("-")
    // Members stand two columns in from what holds them, and their lines two further.
    head = String(mark.filter { !isCut || $0 != "+" }.map { $0.isNumber ? "2" : $0 }) + (isCut ? "-" : "")
    if !head.contains("+") { while rest.last == "" { rest.removeLast() } }
    self.rest = rest
  }

  /// The spaces that open the first line that is not empty.
  private static func indentation(_ lines: ArraySlice<some StringProtocol>) -> Int {
    lines.first { $0.contains { $0 != " " } }?.prefix { $0 == " " }.count ?? 0
  }
}
