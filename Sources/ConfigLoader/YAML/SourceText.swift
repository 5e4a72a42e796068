import RuleEngine

/// A file's text, by lines, for whoever shows a place in it.
///
/// Lines end as libyaml ends them, so that its marks and these lines agree: at LF, CR, CR LF, NEL, LS and PS.
package struct SourceText: Sendable {
  /// The file's path as the user gave it.
  package let file: String
  /// The text in UTF-8, without a byte order mark.
  let bytes: [UInt8]
  /// The byte order mark that opened the file, if there was one.
  private let mark: ArraySlice<UInt8>
  /// Where each line begins in `bytes`, and where the text ends.
  private let lineStarts: [Int]
  /// Stretches that are never shown, because they hold a secret.
  var masked: [SourceSpan] = []

  /// Takes a file's text; a byte order mark that opens it is dropped.
  init(file: String, bytes: [UInt8]) {
    self.file = file
    mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.prefix(3) : []
    self.bytes = mark.isEmpty ? bytes : Array(bytes.dropFirst(mark.count))
    lineStarts = Self.lineStarts(of: self.bytes)
  }

  /// Takes a file's text.
  package init(file: String, text: String) {
    self.init(file: file, bytes: Array(text.utf8))
  }

  /// The whole text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The file's bytes as they stand on the disk.
  var fileBytes: [UInt8] { mark + bytes }

  /// How many lines there are; the one after a final line break does not count.
  var lineCount: Int { lineStarts.count - 1 }

  /// A line without what ends it; empty where there is no such line.
  func line(_ number: Int) -> String {
    guard number >= 1, number <= lineCount else { return "" }
    var text = String(decoding: bytes[lineStarts[number - 1]..<lineStarts[number]], as: UTF8.self)
    while let last = text.unicodeScalars.last, Self.lineBreaks.contains(last) { text.unicodeScalars.removeLast() }
    return text
  }

  /// How many bytes a line has, with what ends it; none if there is no such line.
  func byteCount(ofLine number: Int) -> Int {
    number >= 1 && number <= lineCount ? lineStarts[number] - lineStarts[number - 1] : 0
  }

  /// The bytes with another text in the place of a line; what ends the line stays.
  func bytes(replacing number: Int, with text: String) -> [UInt8] {
    let start = lineStarts[number - 1]
    return Array(bytes[..<start]) + Array(text.utf8) + Array(bytes[(start + line(number).utf8.count)...])
  }

  /// The numbers of the lines whose bytes are like this.
  func lines(where isWanted: (ArraySlice<UInt8>) -> Bool) -> [Int] {
    (0..<lineCount).filter { isWanted(bytes[lineStarts[$0]..<lineStarts[$0 + 1]]) }.map { $0 + 1 }
  }

  /// The place of a span in this file, as the rule model keeps it.
  func location(of span: SourceSpan) -> FileLocation {
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
