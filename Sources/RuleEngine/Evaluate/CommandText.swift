/// Slash text taken apart: `/new today` is the name `new` and the arguments `today`.
public struct CommandText: Sendable, Equatable {
  /// What stands between the prefix and the first white space, as typed.
  public var name: Substring
  /// The rest, trimmed.
  public var arguments: Substring

  /// Reads `body`, or returns nil where it is no slash text: a prefix, a letter, then letters, digits, `-` and `_` up to
  /// white space or the end. A path such as `/etc/hosts` is none.
  public init?(_ body: String, prefixes: [String]) {
    guard let prefix = prefixes.first(where: { body.utf8.starts(with: $0.utf8) }) else { return nil }
    let rest = body.utf8.dropFirst(prefix.utf8.count)
    guard rest.first.map(\.isLetter) ?? false else { return nil }
    let end = rest.firstIndex { !$0.isLetter && !(0x30...0x39 ~= $0) && $0 != 0x2D && $0 != 0x5F } ?? rest.endIndex
    let behind = body.unicodeScalars[end...]
    guard behind.first?.isSpace ?? true else { return nil }
    name = body[rest.startIndex..<end]
    arguments = Substring(behind.trimmed)
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { 0x61...0x7A ~= self | 0x20 }
}

extension Unicode.Scalar {
  /// Looking up a property takes longer than all the rest of reading a command.
  fileprivate var isSpace: Bool { isASCII ? self == " " || "\t"..."\r" ~= self : properties.isWhitespace }
}

extension Substring.UnicodeScalarView {
  fileprivate var trimmed: Self {
    let start = drop(while: \.isSpace)
    guard let last = start.lastIndex(where: { !$0.isSpace }) else { return start }
    return start[...last]
  }
}
