/// The words of a paragraph that can contain a mention: those with an `@`, outside of code and of the addresses of
/// links.
///
/// Inline marks are those that Mattermost's server knows (`server/public/shared/markdown`): backslashes, code spans,
/// links and bare web addresses.
struct ProseWords {
  private let text: [Unicode.Scalar]
  private var position = 0
  /// `[` without their `]` so far.
  private var openBrackets = 0
  /// The index of the last run of backticks by its length. It keeps the search linear: without it, each unmatched run
  /// would be searched for to the end of the text.
  private let lastRuns: [Int: Int]

  init(of paragraph: [Unicode.Scalar]) {
    text = paragraph
    var runs: [Int: Int] = [:]
    var index = 0
    while index < paragraph.count {
      let start = index
      while index < paragraph.count, paragraph[index] == "`" { index += 1 }
      if index > start { runs[index - start] = start } else { index += 1 }
    }
    lastRuns = runs
  }

  /// Returns the next word with an `@`, or `nil` at the end.
  mutating func next() -> ArraySlice<Unicode.Scalar>? {
    while position < text.count {
      switch text[position] {
      case "\\": skipEscape()
      case "`": skipCodeSpan()
      case "[":
        openBrackets += 1
        position += 1
      case "]": skipLinkDestination()
      case let scalar where scalar.isWordPart:
        if let word = readWord() { return word }
      default: position += 1
      }
    }
    return nil
  }

  private func at(_ index: Int) -> Unicode.Scalar? { index < text.count ? text[index] : nil }

  /// A backslash escapes backticks and brackets, but not `@`.
  private mutating func skipEscape() {
    position += 1
    if let next = at(position), next.isASCII, next.properties.generalCategory.isPunctuationOrSymbol, next != "@" {
      position += 1
    }
  }

  /// Skips past the run that is as long as the one here. Without such a run, the backticks are ordinary text.
  private mutating func skipCodeSpan() {
    let length = text[position...].prefix { $0 == "`" }.count
    position += length
    guard let last = lastRuns[length], last >= position else { return }
    while position < text.count {
      let run = text[position...].prefix { $0 == "`" }.count
      position += max(run, 1)
      if run == length { return }
    }
  }

  /// The text of a link is prose, its address is not.
  private mutating func skipLinkDestination() {
    position += 1
    guard openBrackets > 0 else { return }
    openBrackets -= 1
    guard at(position) == "(" else { return }
    while let next = at(position), next != ")", !next.properties.isWhitespace { position += 1 }
  }

  private mutating func readWord() -> ArraySlice<Unicode.Scalar>? {
    let start = position
    if beginsWebAddress(at: start) {
      skipWebAddress()
      return nil
    }
    while let next = at(position), next.isWordPart { position += 1 }
    var end = position
    if let scheme = schemeStart(endingAt: end), scheme >= start {
      end = scheme
      skipWebAddress()
    }
    let word = text[start..<end]
    return word.contains("@") ? word : nil
  }

  /// Returns the start of the scheme of a web address whose `:` ends the word at `end`, or `nil` if there is none.
  private func schemeStart(endingAt end: Int) -> Int? {
    guard openBrackets == 0, end > 0, text[end - 1] == ":", at(end) == "/", at(end + 1) == "/" else { return nil }
    guard let host = at(end + 2), !host.properties.isWhitespace, !host.properties.generalCategory.isPunctuation else {
      return nil
    }
    let scheme = text[..<(end - 1)].suffix(Self.schemeLengthMax + 1).reversed().prefix { $0.isASCIIAlphanumeric }
    let name = String(String.UnicodeScalarView(scheme.reversed().map(\.lowercasedASCII)))
    return Self.schemes.contains(name) ? end - 1 - scheme.count : nil
  }

  private static let schemes: Set = ["http", "https", "ftp", "mailto", "tel", "gemini"]
  private static let schemeLengthMax = 6

  /// Returns whether `www.`, or `www` with up to three digits and a dot, begins an address at `start`.
  private func beginsWebAddress(at start: Int) -> Bool {
    guard openBrackets == 0, text[start...].prefix(3).allSatisfy({ $0 == "w" }) else { return false }
    let digits = text[min(start + 3, text.count)...].prefix(3).prefix { ("0"..."9").contains($0) }.count
    guard at(start + 3 + digits) == "." else { return false }
    guard start > 0 else { return true }
    return text[start - 1].properties.isWhitespace || ["*", "~", ")", "<", "(", ">"].contains(text[start - 1])
  }

  private mutating func skipWebAddress() {
    while let next = at(position), !next.properties.isWhitespace, next != "<", next != ">" { position += 1 }
  }
}

extension Unicode.Scalar {
  /// True if it can end a sentence after a name.
  var isSentenceMark: Bool { self == "." || self == "-" || self == "_" || self == ":" }

  /// True if it can be part of a word with a mention or an emoji: a letter, a digit, `@` or a sentence mark.
  var isWordPart: Bool {
    if isASCII { return isASCIIAlphanumeric || self == "@" || isSentenceMark }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  var isASCIIAlphanumeric: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self)
  }

  /// The lower-case letter of an ASCII capital; any other scalar itself.
  var lowercasedASCII: Unicode.Scalar {
    ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(ascii: self) + 32) : self
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isPunctuation: Bool {
    switch self {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  fileprivate var isPunctuationOrSymbol: Bool {
    switch self {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
    default: isPunctuation
    }
  }
}
