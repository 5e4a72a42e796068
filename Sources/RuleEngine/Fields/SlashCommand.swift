package import Core

/// A parsed command: `/new today` has the name `new` and the arguments `today`.
package struct SlashCommand: Sendable, Equatable {
  /// The text between the prefix and the first white space, as it was typed.
  package var name: Substring
  /// The rest, trimmed.
  package var arguments: Substring

  /// Parses an event's text, or returns `nil` if it is not a command: a plugin's post never is.
  package init?(_ event: borrowing Event, prefixes: [String]) {
    if event.author == .plugin { return nil }
    self.init(event.body, prefixes: prefixes)
  }

  /// Parses `body`, or returns `nil` if it is not a command: a prefix, a letter, then letters, digits, `-` and `_` up
  /// to white space or the end. A prefix may be written full-width, as keyboards for Chinese and Japanese write it:
  /// `！new`. A path such as `/etc/hosts` is not a command.
  package init?(_ body: String, prefixes: [String]) {
    let size: Int
    if let prefix = prefixes.first(where: { body.utf8.starts(with: $0.utf8) }) {
      size = prefix.utf8.count
    } else if let mark = body.utf8.narrowMark,
      prefixes.contains(where: { $0.utf8.elementsEqual(CollectionOfOne(mark)) })
    {
      size = 3
    } else {
      return nil
    }
    let rest = body.utf8.dropFirst(size)
    guard rest.first.map(\.isLetter) ?? false else { return nil }
    let end = rest.firstIndex { !$0.isLetter && !(0x30...0x39 ~= $0) && $0 != 0x2D && $0 != 0x5F } ?? rest.endIndex
    let behind = body.unicodeScalars[end...]
    guard behind.first?.isWhitespace ?? true else { return nil }
    name = body[rest.startIndex..<end]
    arguments = Substring(behind.trimmed)
  }
}

extension String.UTF8View {
  /// The ASCII mark whose full-width form (U+FF01 to U+FF5E) the text begins with.
  fileprivate var narrowMark: UInt8? {
    guard first == CommandPrefixes.fullWidth else { return nil }
    var bytes = dropFirst().makeIterator()
    guard let second = bytes.next(), let third = bytes.next(), second == 0xBC || second == 0xBD else { return nil }
    let offset = UInt8(second & 0x3F) << 6 | third & 0x3F
    return offset > 0 && offset <= 0x5E ? offset + 0x20 : nil
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { 0x61...0x7A ~= self | 0x20 }
}

extension Substring.UnicodeScalarView {
  fileprivate var trimmed: Self {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...last]
  }
}

/// The bytes with which a command can begin: for most texts, the first byte is enough to see that they are not one.
struct CommandPrefixes {
  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// The first byte of the full-width forms of ASCII's marks.
  static let fullWidth: UInt8 = 0xEF

  init(_ prefixes: [String]) {
    let first = prefixes.compactMap(\.utf8.first)
    for byte in first.isEmpty ? [] : first + [Self.fullWidth] {
      let bit: UInt64 = 1 << UInt64(byte % 64)
      switch byte / 64 {
      case 0: bits.0 |= bit
      case 1: bits.1 |= bit
      case 2: bits.2 |= bit
      default: bits.3 |= bit
      }
    }
  }

  /// Returns whether a text may be a command, by its first byte.
  func mayBegin(_ text: String) -> Bool {
    guard let byte = text.utf8.first else { return false }
    let word =
      switch byte / 64 {
      case 0: bits.0
      case 1: bits.1
      case 2: bits.2
      default: bits.3
      }
    return word >> UInt64(byte % 64) & 1 != 0
  }
}
