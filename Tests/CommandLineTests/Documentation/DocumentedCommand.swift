/// A command line as a page shows it.
struct DocumentedCommand {
  let page: String
  let line: Int
  /// The text from `edgecrab` on.
  let text: String

  var place: String { "\(page):\(line): \(text)" }

  /// The words after `edgecrab`, without the brackets around what may be left out.
  let words: [String]

  /// Reads a line of code. `nil` if it runs no edgecrab.
  ///
  /// - Parameter root: the commands, by which `sudo -u edgecrab edgecrab doctor` is told from
  ///   `systemctl restart edgecrab`.
  init?(_ line: MarkdownPage.Line, of page: MarkdownPage, in root: CommandTree) {
    var code = line.text[...]
    if code.hasPrefix("$ ") || code.hasPrefix("# ") || code.hasPrefix("> ") { code = code.dropFirst(2) }
    let all = Array(ShellWords(code).words.drop { $0.contains("=") })
    guard
      let index = all.indices.first(where: { index in
        let isProgram = all[index] == "edgecrab" || all[index].hasSuffix("/edgecrab") && !all[index].contains("=")
        guard isProgram, index + 1 < all.count else { return false }
        let next = all[index + 1]
        if root[next] != nil || root.options.contains(next) || next == "help" { return true }
        // Misspelled.
        return index == 0 && (next.hasPrefix("-") || next.first?.isLowercase == true)
      })
    else { return nil }
    self.page = page.path
    self.line = line.number
    text = (["edgecrab"] + all[(index + 1)...]).joined(separator: " ")
    words = all[(index + 1)...].filter { $0 != "[OPTIONS]" }.map(Self.withoutBrackets).filter { !$0.isEmpty }
  }

  private static func withoutBrackets(_ word: String) -> String {
    String(word.filter { $0 != "[" && $0 != "]" }.trimmingPrefix("…")).replacing(/…$/, with: "")
  }
}

/// The words of the first simple command of a line of shell code, without quotes and redirections.
struct ShellWords {
  private(set) var words: [String] = []

  init(_ code: Substring) {
    var word: String?
    var quote: Character?
    reading: for letter in code {
      switch (letter, quote) {
      case (let end, let open?) where end == open: quote = nil
      case ("(", nil) where word?.last == "$":
        quote = ")"
        word = (word ?? "") + "("
      case (_, .some): word = (word ?? "") + String(letter)
      case ("'", nil), ("\"", nil):
        quote = letter
        word = word ?? ""
      case (" ", nil):
        if let word { words.append(word) }
        word = nil
      case ("#", nil) where word == nil: break reading
      case ("|", nil) where word == nil, (">", nil) where word == nil, (">", nil) where word == "2",
        ("<", nil) where word == nil, ("&", nil), (";", nil), ("\\", nil):
        if word == "2", letter == ">" { word = nil }
        break reading
      default: word = (word ?? "") + String(letter)
      }
    }
    if let word { words.append(word) }
  }
}
