extension StringProtocol {
  /// Returns untrusted text for a message of the bot: it mentions no user, makes no link, image or emoji, and begins no
  /// heading, quote, list, table or code.
  ///
  /// The result reads like the text. An invisible word joiner (U+2060) removes the meaning of marks, in prose and in
  /// code alike, which backslashes do not do. Backticks become apostrophes, and `<` is followed by a space, since
  /// nothing invisible keeps `<a@b.c>` from being a link. Characters that change the direction of text are removed:
  /// they would affect the text after it.
  ///
  /// - Parameter before: the text before it in the message. A mention, channel or link that begins there is not
  ///   continued.
  package func escapedMarkdown(after before: String = "") -> String {
    MarkdownEscaper(of: String(self).postable.unicodeScalars, after: before.unicodeScalars).text
  }

  /// Returns untrusted text as a code span on one line, of at most `scalarsMax` Unicode scalars. The text cannot end
  /// the span, and mentions no user even if the span is split across two posts.
  package func codeSpan(atMost scalarsMax: Int) -> String {
    let line = singleLine(atMost: scalarsMax).withoutBackticks.replacing("@", with: "@\u{2060}")
    // Two backticks in a row would open a longer span.
    return "`\(line.isEmpty ? " " : line)`"
  }
}

extension String {
  /// The text with apostrophes in place of backticks, including those with combining marks, which are other characters
  /// to Swift.
  package var withoutBackticks: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0 == "`" ? "'" : $0 }))
  }
}

/// Removes the meaning of the Markdown marks of a text.
private struct MarkdownEscaper {
  private let scalars: [Unicode.Scalar]
  private var result = String.UnicodeScalarView()

  private static let joiner: Unicode.Scalar = "\u{2060}"

  var text: String { String(result) }

  init(of text: some Sequence<Unicode.Scalar>, after before: String.UnicodeScalarView) {
    scalars = Self.readable(text)
    // An `@` or `~` before the text would begin a name with it.
    let opening = before.reversed().first { !$0.isASCIIAlphanumeric && $0 != "." && $0 != "-" && $0 != "_" }
    if ["@", "~"].contains(opening) || ["]", ":"].contains(before.last) { result.append(Self.joiner) }
    if before.last == "<" { result.append(" ") }
    for (index, scalar) in scalars.enumerated() {
      if index == 0 || scalars[index - 1] == "\n", beginsBlock(at: index) { result.append(Self.joiner) }
      if scalar == ".", endsInWWW { result.append(Self.joiner) }
      result.append(scalar)
      if let breaker = breaker(after: index) { result.append(breaker) }
    }
  }

  /// Removes characters whose meaning no invisible character can remove.
  private static func readable(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    text.compactMap { scalar in
      switch scalar {
      case "`": return "'"
      default: return scalar.setsDirection ? nil : scalar
      }
    }
  }

  /// Returns the character that keeps the mark at `index` from having a meaning together with the next character, or
  /// `nil` if it has none.
  private func breaker(after index: Int) -> Unicode.Scalar? {
    let next = index + 1 < scalars.count ? scalars[index + 1] : nil
    if let next, next.properties.isWhitespace { return nil }
    switch scalars[index] {
    // A mention, a channel or struck-through text, a hashtag, a link.
    case "@", "~", "#", "]": return Self.joiner
    // An address or an emoji, but not a time of day.
    case ":":
      let isBetweenDigits = index > 0 && scalars[index - 1].isDigit && next?.isDigit == true
      return isBetweenDigits ? nil : Self.joiner
    case "<": return next == nil ? Self.joiner : " "
    default: return nil
    }
  }

  /// True if the text so far ends with `www` and up to three digits: a dot makes it an address.
  private var endsInWWW: Bool {
    let name = result.reversed().drop(while: \.isDigit)
    return result.count - name.count <= 3 && name.count >= 3 && name.prefix(3).allSatisfy { $0 == "w" || $0 == "W" }
  }

  /// Returns whether the line at `index` could be a heading, a quote, a list item, a table row, a rule or code.
  private func beginsBlock(at index: Int) -> Bool {
    let line = scalars[index...].prefix { $0 != "\n" }
    guard let first = line.first, line.contains(where: { !$0.properties.isWhitespace }) else { return false }
    if "#>-+*=|~_: \t".unicodeScalars.contains(first) { return true }
    let afterNumber = line.drop(while: \.isDigit).first
    return first.isDigit && (afterNumber == "." || afterNumber == ")")
  }
}

extension Unicode.Scalar {
  /// True if it sets the direction of the text after it (UAX #9, section 2).
  var setsDirection: Bool { (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) }

  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
