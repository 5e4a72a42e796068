/// The words of one paragraph that could mention somebody: those with an `@`, outside code and links' addresses.
///
/// Inline marks are read as Mattermost's server reads them (`server/public/shared/markdown`): backslashes, code spans,
/// links and bare web addresses.
struct ProseWords {
  private let text: [Unicode.Scalar]
  private var position = 0
  /// How many `[` wait for their `]`.
  private var openBrackets = 0
  /// Where the last run of so many backticks begins. Without it, a text of unmatched runs would be searched to its end
  /// once for each.
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

  /// The next word with an `@`, or nil at the end.
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
        if let word = takeWord() { return word }
      default: position += 1
      }
    }
    return nil
  }

  private func at(_ index: Int) -> Unicode.Scalar? { index < text.count ? text[index] : nil }

  /// A backslash takes their meaning from backticks and brackets, but not from `@`.
  private mutating func skipEscape() {
    position += 1
    if let next = at(position), next.isASCII, next.properties.generalCategory.isPunctuationOrSymbol, next != "@" {
      position += 1
    }
  }

  /// Skips to behind the run that is as long as the one here; without such a run, the backticks stand for themselves.
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

  /// A link's text is prose, its address is not.
  private mutating func skipLinkDestination() {
    position += 1
    guard openBrackets > 0 else { return }
    openBrackets -= 1
    guard at(position) == "(" else { return }
    while let next = at(position), next != ")", !next.properties.isWhitespace { position += 1 }
  }

  private mutating func takeWord() -> ArraySlice<Unicode.Scalar>? {
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

  /// Where the scheme of a web address begins whose `:` ends the word at `end`.
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

  /// Whether `www.`, or `www` with up to three digits, begins an address at `start`.
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
  /// Whether it can end a sentence behind a name.
  var isSentenceMark: Bool { self == "." || self == "-" || self == "_" || self == ":" }

  /// Whether it can stand in a word that holds a mention or an emoji: a letter, a digit, `@` or a sentence mark.
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

  /// Itself, an ASCII capital in lower case.
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
