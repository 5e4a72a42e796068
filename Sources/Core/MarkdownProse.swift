/// The paragraphs of a message, without its code blocks.
///
/// Blocks are those that Mattermost's server knows (`server/public/shared/markdown`): CommonMark's block quotes, lists,
/// fenced and indented code. The server finds mentions in paragraphs only.
struct MarkdownProse {
  private(set) var paragraphs: [Paragraph] = []

  private var containers: [Container] = []
  private var leaf = Leaf.none
  private var paragraph = Paragraph()

  /// The text of a paragraph with its line breaks, without the marks of the quotes and lists around it.
  struct Paragraph {
    private(set) var scalars: [Unicode.Scalar] = []
    /// The start of each line: its index in `scalars` and its position in the message.
    private var lines: [(index: Int, position: Int)] = []

    mutating func append(_ line: ArraySlice<Unicode.Scalar>, at position: Int) {
      lines.append((scalars.count, position))
      scalars += line
    }

    /// Returns the position in the message of the scalar at `index`. Call it in rising order with the same `line`,
    /// which starts at 0.
    func position(of index: Int, from line: inout Int) -> Int {
      while line + 1 < lines.count, lines[line + 1].index <= index { line += 1 }
      return lines[line].position + index - lines[line].index
    }
  }

  /// The nesting of quotes and lists, as on the server. It also bounds the work per line.
  private static let nestingMax = 32

  private enum Container {
    case quote
    case item(indentation: Int)
  }

  private enum Leaf: Equatable {
    case none, paragraph, indentedCode
    case fencedCode(Fence)
  }

  /// Parses a message in one pass.
  init(of text: some Sequence<Unicode.Scalar>) {
    var line: [Unicode.Scalar] = []
    var start = 0
    for scalar in text {
      line.append(scalar)
      if scalar == "\n" {
        append(line, at: start)
        start += line.count
        line.removeAll(keepingCapacity: true)
      }
    }
    if !line.isEmpty { append(line, at: start) }
    closeParagraph()
  }

  private mutating func append(_ scalars: [Unicode.Scalar], at start: Int) {
    var line = MarkdownLine(scalars)
    let matched = containers.prefix { line.continues($0) }.count
    let isInside = matched == containers.count

    switch leaf {
    case .fencedCode(let fence) where isInside:
      if line.closes(fence) { leaf = .none }
      return
    case .indentedCode where isInside && (line.indentation >= 4 || line.isBlank):
      return
    case .fencedCode, .indentedCode:
      leaf = .none
    case .none, .paragraph:
      break
    }

    var hasOpened = false
    func canOpen(_ prose: Self) -> Bool { (hasOpened ? prose.containers.count : matched) < Self.nestingMax }
    while canOpen(self), let container = line.opening(interrupting: leaf == .paragraph && isInside && !hasOpened) {
      if !hasOpened { leave(containersAfter: matched) }
      hasOpened = true
      containers.append(container)
    }

    if line.isBlank {
      if !hasOpened { leave(containersAfter: matched) }
    } else if line.indentation >= 4, leaf != .paragraph {
      if !hasOpened { leave(containersAfter: matched) }
      leaf = .indentedCode
    } else if let fence = line.openingFence {
      if !hasOpened { leave(containersAfter: matched) }
      leaf = .fencedCode(fence)
    } else {
      // A line that continues a paragraph may omit the marks of the quotes and lists around it.
      if leaf != .paragraph, !hasOpened { leave(containersAfter: matched) }
      leaf = .paragraph
      paragraph.append(line.rest, at: start + line.rest.startIndex)
    }
  }

  private mutating func leave(containersAfter count: Int) {
    closeParagraph()
    containers.removeLast(containers.count - count)
  }

  private mutating func closeParagraph() {
    if !paragraph.scalars.isEmpty { paragraphs.append(paragraph) }
    paragraph = Paragraph()
    leaf = .none
  }

  private struct Fence: Equatable {
    var mark: Unicode.Scalar
    var length: Int
  }

  /// A line, consumed from its beginning as containers remove their marks.
  private struct MarkdownLine {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// The indentation of the rest, in columns.
    private(set) var indentation = 0

    init(_ scalars: [Unicode.Scalar]) {
      self.scalars = scalars
      skipIndentation()
    }

    var rest: ArraySlice<Unicode.Scalar> { scalars[position...] }
    var isBlank: Bool { rest.allSatisfy(\.properties.isWhitespace) }
    private var first: Unicode.Scalar? { rest.first }

    private mutating func skipIndentation() {
      while position < scalars.count {
        switch scalars[position] {
        case " ": indentation += 1
        case "\t": indentation += 4
        default: return
        }
        position += 1
      }
    }

    mutating func continues(_ container: Container) -> Bool {
      switch container {
      case .quote:
        return skipQuoteMark()
      case .item(let needed):
        if isBlank { return true }
        guard indentation >= needed else { return false }
        indentation -= needed
        return true
      }
    }

    /// Removes the mark of a quote or a list item. A paragraph is only interrupted by a mark that is unlikely to be
    /// part of a sentence: not by an empty item, and by a number only if it is 1.
    mutating func opening(interrupting isInParagraph: Bool) -> Container? {
      if skipQuoteMark() { return .quote }
      guard indentation <= 3, let mark = first else { return nil }
      var after = self
      switch mark {
      case "-", "+", "*":
        after.position += 1
      case "0"..."9":
        let digits = rest.prefix { ("0"..."9").contains($0) }
        after.position += digits.count
        guard digits.count <= 9, let delimiter = after.first, delimiter == "." || delimiter == ")" else { return nil }
        if isInParagraph, Array(digits) != ["1"] { return nil }
        after.position += 1
      default:
        return nil
      }
      let width = after.position - position
      after.indentation = 0
      after.skipIndentation()
      if after.isBlank ? isInParagraph : after.indentation == 0 { return nil }
      let gap = after.isBlank || after.indentation >= 5 ? 1 : after.indentation
      after.indentation -= gap
      let needed = indentation + width + gap
      self = after
      return .item(indentation: needed)
    }

    private mutating func skipQuoteMark() -> Bool {
      guard indentation <= 3, first == ">" else { return false }
      position += 1
      indentation = 0
      skipIndentation()
      indentation = max(indentation - 1, 0)
      return true
    }

    var openingFence: Fence? {
      guard let mark = first, mark == "`" || mark == "~" else { return nil }
      let length = rest.prefix { $0 == mark }.count
      guard length >= 3, !rest.dropFirst(length).contains("`") else { return nil }
      return Fence(mark: mark, length: length)
    }

    func closes(_ fence: Fence) -> Bool {
      guard indentation <= 3 else { return false }
      let run = rest.prefix { $0 == fence.mark }
      return run.count >= fence.length && rest.dropFirst(run.count).allSatisfy(\.properties.isWhitespace)
    }
  }
}
