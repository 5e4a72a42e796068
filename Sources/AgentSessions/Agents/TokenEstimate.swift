import Core

/// How many tokens a model reads for a text, about: each model has a tokenizer of its own, and none is asked.
///
/// A token is four characters of ASCII, which is what English comes to, or one other character, of which few models need
/// more. Code takes a third more than that, Cyrillic and Greek half as much: near enough for what is only a budget.
enum TokenEstimate {
  static func tokens(of text: String) -> Int {
    var ascii = 0
    var others = 0
    for byte in text.utf8 {
      // The bytes 0x80 to 0xBF go on with a character (RFC 3629, section 3).
      if byte < 0x80 { ascii += 1 } else if byte >= 0xC0 { others += 1 }
    }
    return (ascii + 3) / 4 + others
  }
}

extension HistoryEntry {
  /// What showing it takes.
  fileprivate var tokens: Int {
    [speaker, files.named(below: message), answer ?? ""].reduce(0) { $0 + TokenEstimate.tokens(of: $1) }
  }
}

extension [HistoryEntry] {
  /// The newest of what was said that fit a budget together, each whole.
  func newest(within budget: Int) -> [HistoryEntry] {
    var left = budget
    let place = lastIndex { exchange in
      left -= exchange.tokens
      return left < 0
    }
    return Array(self[(place.map { $0 + 1 } ?? startIndex)...])
  }

  /// The newest of what was said that make up half of it, each whole: always fewer than all.
  var newerHalf: [HistoryEntry] {
    let half = newest(within: reduce(0) { $0 + $1.tokens } / 2)
    return half.count < count ? half : Array(dropFirst())
  }
}
