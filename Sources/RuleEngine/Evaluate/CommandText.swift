/// Slash text taken apart: `/new today` is the name `new` and the arguments `today`.
public struct CommandText: Sendable, Equatable {
  /// What stands between the prefix and the first white space, as typed.
  public var name: Substring
  /// The rest, trimmed.
  public var arguments: Substring

  /// Reads `body`, or returns nil where it is no slash text: a prefix, a letter, then letters, digits, `-` and `_` up to
  /// white space or the end. A path such as `/etc/hosts` is none.
  public init?(_ body: String, prefixes: [String]) {
    guard let prefix = prefixes.first(where: { body.hasPrefix($0) }) else { return nil }
    let rest = body.dropFirst(prefix.count)
    name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    guard let first = name.first, first.isLetter else { return nil }
    let behind = rest[name.endIndex...]
    guard behind.first?.isWhitespace ?? true else { return nil }
    arguments = behind.trimmed
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...last]
  }
}
