import Crypto
package import RuleEngine

/// The text of a file, split into lines.
///
/// Lines end as in libyaml, so that its marks and these lines agree: at LF, CR, CR LF, NEL, LS and PS.
package struct SourceText: Sendable {
  /// The path of the file as the user gave it.
  package let file: String
  /// The text in UTF-8, without a byte order mark.
  package let bytes: [UInt8]
  /// The byte order mark of the file; empty if there is none.
  let mark: ArraySlice<UInt8>
  /// The offset of each line in `bytes`, and the end of the text.
  private let lineStarts: [Int]
  /// Spans that are never shown, because they contain a secret.
  var masked: [SourceSpan] = []

  /// Creates a text from the bytes of a file; a byte order mark is dropped.
  package init(file: String, bytes: [UInt8]) {
    self.file = file
    mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.prefix(3) : []
    self.bytes = mark.isEmpty ? bytes : Array(bytes.dropFirst(mark.count))
    lineStarts = Self.lineStarts(of: self.bytes)
  }

  /// Creates a text.
  package init(file: String, text: String) {
    self.init(file: file, bytes: Array(text.utf8))
  }

  /// The text as a string; invalid UTF-8 is repaired.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes of the file on disk.
  package var fileBytes: [UInt8] { mark + bytes }

  /// The SHA-256 of the file's bytes, as `sha256sum` prints it: 64 hexadecimal digits.
  var fingerprint: String {
    SHA256.hash(data: fileBytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The number of lines; the empty one after a final line break does not count.
  package var lineCount: Int { lineStarts.count - 1 }

  /// Returns a line, from 1, without its line break; empty if there is no such line.
  package func line(_ number: Int) -> String {
    guard number >= 1, number <= lineCount else { return "" }
    let scalars = String(decoding: bytes[lineStarts[number - 1]..<lineStarts[number]], as: UTF8.self).unicodeScalars
    let last = scalars.lastIndex { !Self.lineBreaks.contains($0) }
    return last.map { String(scalars[...$0]) } ?? ""
  }

  /// Returns the length of a line in bytes, with its line break; 0 if there is no such line.
  func byteCount(ofLine number: Int) -> Int {
    number >= 1 && number <= lineCount ? lineStarts[number] - lineStarts[number - 1] : 0
  }

  /// Returns the bytes with a line replaced; its line break stays.
  func bytes(replacing number: Int, with text: String) -> [UInt8] {
    let start = lineStarts[number - 1]
    return Array(bytes[..<start]) + Array(text.utf8) + Array(bytes[(start + line(number).utf8.count)...])
  }

  /// Returns the offset of a position in `bytes`.
  func offset(of position: SourcePosition) -> Int {
    guard position.line <= lineCount else { return bytes.count }
    let scalars = line(position.line).unicodeScalars
    let before = scalars.prefix(position.column - 1)
    return lineStarts[position.line - 1] + String(String.UnicodeScalarView(before)).utf8.count
  }

  /// Returns the numbers of the lines whose bytes meet a condition.
  func lines(where isWanted: (ArraySlice<UInt8>) -> Bool) -> [Int] {
    (0..<lineCount).filter { isWanted(bytes[lineStarts[$0]..<lineStarts[$0 + 1]]) }.map { $0 + 1 }
  }

  /// Returns the location of a span in this file.
  package func location(of span: SourceSpan) -> FileLocation {
    FileLocation(file: file, line: span.start.line, column: span.start.column)
  }

  private static let lineBreaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    bytes.withUnsafeBufferPointer { bytes in
      func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
      var index = 0
      while index < bytes.count {
        let length =
          switch bytes[index] {
          // First, since nearly every byte is one of these.
          case 0x0E...0xC1: 0
          case 0x0A: 1
          case 0x0D: byte(index + 1) == 0x0A ? 2 : 1
          case 0xC2 where byte(index + 1) == 0x85: 2
          case 0xE2 where byte(index + 1) == 0x80 && (byte(index + 2) == 0xA8 || byte(index + 2) == 0xA9): 3
          default: 0
          }
        if length > 0 { starts.append(index + length) }
        index += length == 0 ? 1 : length
      }
      if starts.last != bytes.count { starts.append(bytes.count) }
    }
    return starts
  }
}

/// A position in a text.
package struct SourcePosition: Sendable, Hashable, Comparable {
  // Every value of a file has two positions, and no file has four billion lines.
  private var lineNumber: UInt32
  private var columnNumber: UInt32

  package init(line: Int, column: Int) {
    lineNumber = UInt32(clamping: line)
    columnNumber = UInt32(clamping: column)
  }

  /// The line, from 1.
  package var line: Int {
    get { Int(lineNumber) }
    set { lineNumber = UInt32(clamping: newValue) }
  }
  /// The column in Unicode scalars, from 1.
  package var column: Int {
    get { Int(columnNumber) }
    set { columnNumber = UInt32(clamping: newValue) }
  }

  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A range of a text.
package struct SourceSpan: Sendable, Hashable {
  /// The position of its first character.
  package var start: SourcePosition
  /// The position after its last character.
  package var end: SourcePosition

  package init(start: SourcePosition, end: SourcePosition) {
    self.start = start
    self.end = end
  }

  /// Creates an empty span.
  package init(at position: SourcePosition) { self.init(start: position, end: position) }

  /// The beginning of the text.
  package static let fileStart = SourceSpan(at: SourcePosition(line: 1, column: 1))
}

extension Collection where Element == UInt8 {
  /// The length of the longest prefix that is valid UTF-8.
  var validUTF8Count: Int {
    var parser = Unicode.UTF8.ForwardParser()
    var bytes = makeIterator()
    var count = 0
    while case .valid(let scalar) = parser.parseScalar(from: &bytes) { count += scalar.count }
    return count
  }

  /// The position after these bytes, in a text that begins with them.
  var endPosition: SourcePosition {
    var position = SourcePosition(line: 1, column: 1)
    var previous: Unicode.Scalar?
    for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": position = SourcePosition(line: position.line + 1, column: 1)
      default: position.column += 1
      }
      previous = scalar
    }
    return position
  }
}
