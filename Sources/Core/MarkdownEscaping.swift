extension StringProtocol {
  /// A stranger's words as mere text in a message of the bot's: they ring nobody, make no link, image or emoji, and begin no
  /// heading, quote, list, table or code.
  ///
  /// It reads as it was written. Where Mattermost would make something of it, an invisible word joiner (U+2060) stands, which
  /// takes the meaning from marks in prose and in code alike, as backslashes do not. Only backticks become apostrophes, and
  /// a `<` gets a space behind it, since nothing invisible keeps `<a@b.c>` from being a link. Marks that turn text around
  /// are left out: they would turn what follows, too.
  ///
  /// - Parameter before: what stands in front of it in the message. A mention, channel or link that begins there does not go
  ///   on with it.
  package func escapedMarkdown(after before: String = "") -> String {
    MarkdownEscaper(of: String(self).postable.unicodeScalars, after: before.unicodeScalars).text
  }

  /// A stranger's words as a span of code on one line, of at most `scalarsMax` Unicode scalars: nothing in it is followed, and it
  /// cannot end the span. It rings nobody where the span is cut in two, either.
  package func codeSpan(atMost scalarsMax: Int) -> String {
    let line = singleLine(atMost: scalarsMax).withoutBackticks.replacing("@", with: "@\u{2060}")
    // Two backticks in a row would open a span instead of being one.
    return "`\(line.isEmpty ? " " : line)`"
  }
}

extension String {
  /// With apostrophes for backticks, whatever marks stand above them: to Swift, those are other characters.
  package var withoutBackticks: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0 == "`" ? "'" : $0 }))
  }
}

/// Takes their meaning from the marks of a text.
private struct MarkdownEscaper {
  private let scalars: [Unicode.Scalar]
  private var result = String.UnicodeScalarView()

  private static let joiner: Unicode.Scalar = "\u{2060}"

  var text: String { String(result) }

  init(of text: some Sequence<Unicode.Scalar>, after before: String.UnicodeScalarView) {
    scalars = Self.readable(text)
    // A name that an at sign or a tilde begins would go on.
    let opening = before.reversed().first { !$0.isASCIIAlphanumeric && $0 != "." && $0 != "-" && $0 != "_" }
    if ["@", "~"].contains(opening) || ["]", ":"].contains(before.last) { result.append(Self.joiner) }
    if before.last == "<" { result.append(" ") }
    for (index, scalar) in scalars.enumerated() {
      if index == 0 || scalars[index - 1] == "\n", beginsBlock(at: index) { result.append(Self.joiner) }
      if scalar == ".", endsInWWW { result.append(Self.joiner) }
      result.append(scalar)
      if let breaker = breaker(behind: index) { result.append(breaker) }
    }
  }

  /// Without what no invisible mark could take its meaning from, and with one kind of line break.
  private static func readable(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    text.compactMap { scalar in
      switch scalar {
      case "`": return "'"
      default: return scalar.turnsText ? nil : scalar
      }
    }
  }

  /// What keeps the mark at `index` from beginning something with what follows it, where it would.
  private func breaker(behind index: Int) -> Unicode.Scalar? {
    let next = index + 1 < scalars.count ? scalars[index + 1] : nil
    if let next, next.properties.isWhitespace { return nil }
    switch scalars[index] {
    // A mention, a channel or struck text, a hashtag, a link.
    case "@", "~", "#", "]": return Self.joiner
    // An address or an emoji, and no time of day.
    case ":":
      let isBetweenDigits = index > 0 && scalars[index - 1].isDigit && next?.isDigit == true
      return isBetweenDigits ? nil : Self.joiner
    case "<": return next == nil ? Self.joiner : " "
    default: return nil
    }
  }

  /// Whether `www`, or `www` with up to three digits, stands at the end: a dot makes it an address.
  private var endsInWWW: Bool {
    let name = result.reversed().drop(while: \.isDigit)
    return result.count - name.count <= 3 && name.count >= 3 && name.prefix(3).allSatisfy { $0 == "w" || $0 == "W" }
  }

  /// Whether the line at `index` could be a heading, a quote, an item, a row, a rule or code.
  private func beginsBlock(at index: Int) -> Bool {
    let line = scalars[index...].prefix { $0 != "\n" }
    guard let first = line.first, line.contains(where: { !$0.properties.isWhitespace }) else { return false }
    if "#>-+*=|~_: \t".unicodeScalars.contains(first) { return true }
    let behindNumber = line.drop(while: \.isDigit).first
    return first.isDigit && (behindNumber == "." || behindNumber == ")")
  }
}

extension Unicode.Scalar {
  /// Whether it sets the direction of what follows it (Unicode's UAX 9, section 2).
  var turnsText: Bool { (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) }

  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
