/// Tells what a model thinks from what it answers, where it writes both into one text: `<think>…</think>Hello`.
///
/// Thinking stands at the beginning of an answer. The tag that opens it may be missing, as templates of some models write it
/// into the question; what came before a closing tag alone was then thinking, too, if the tag begins or ends its line. Within
/// a line, an answer may be about it.
struct ReasoningFilter {
  enum Piece: Equatable {
    case text(String)
    case thought(String)
    /// All that came before was thinking.
    case allWasThought
  }

  private enum State: Equatable {
    /// Nothing has come yet but blanks, or thinking.
    case beginning
    case thinking(closing: [UInt8])
    case answering
  }

  /// What one look at the text comes to.
  private enum Step {
    case piece(Piece)
    /// The state has changed, and the same text means something else.
    case again
    /// Only more text decides.
    case wait
  }

  private static let tags: [(opening: [UInt8], closing: [UInt8])] = [
    ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("[THINK]", "[/THINK]"),
  ].map { (Array($0.utf8), Array($1.utf8)) }
  private static let (opening, closing) = tags[0]

  private var state = State.beginning
  /// What came last, as long as it may be the beginning of a tag.
  private var held: ArraySlice<UInt8> = []
  private var code = CodeSpans()
  /// Whether nothing but blanks stands before what comes next on its line.
  private var isAtLineStart = true
  private var hasThought = false
  /// Whether a closing tag without an opening one would end thinking: until there was an opening one.
  private var expectsClosing = true

  /// Takes more of the text, and returns what is decided by it.
  mutating func take(_ text: String) -> [Piece] {
    held += Array(text.utf8)
    var pieces: [Piece] = []
    while true {
      switch step() {
      case .piece(let piece): pieces.append(piece)
      case .again: continue
      case .wait: return pieces
      }
    }
  }

  /// Ends the text, and returns what was held back.
  mutating func end() -> [Piece] {
    defer { held = [] }
    guard !held.isEmpty else { return [] }
    let rest = String(decoding: held, as: UTF8.self)
    if case .thinking = state { return [.thought(rest)] }
    return [.text(rest)]
  }

  private mutating func step() -> Step {
    switch state {
    case .beginning: begin()
    case .thinking(let closing): think(until: closing)
    case .answering: answer()
    }
  }

  private mutating func begin() -> Step {
    let words = held.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    if let tag = Self.tags.first(where: { words.starts(with: $0.opening) }) {
      held = words.dropFirst(tag.opening.count)
      state = .thinking(closing: tag.closing)
      (hasThought, expectsClosing) = (true, false)
      return .again
    }
    // The blanks between the two are of neither.
    if hasThought { held = words }
    let mayBeTag = Self.tags.contains { $0.opening.starts(with: words) }
    if mayBeTag, held.count < Limits.reasoningBytesHeld { return .wait }
    state = .answering
    return .again
  }

  private mutating func think(until closing: [UInt8]) -> Step {
    if let end = held.firstRange(of: closing) {
      let thought = held[..<end.lowerBound]
      held = held[end.upperBound...]
      state = .beginning
      return thought.isEmpty ? .again : .piece(.thought(String(decoding: thought, as: UTF8.self)))
    }
    return release(held.endIndex - held.lengthOfEnd(thatBegins: closing)).map { .piece(.thought($0)) } ?? .wait
  }

  private mutating func answer() -> Step {
    var index = held.startIndex
    while expectsClosing, index < held.endIndex {
      let rest = held[index...]
      if rest.first == Self.closing.first, !code.isOpen {
        let next = rest.dropFirst(Self.closing.count).first
        if rest.starts(with: Self.closing), !isAtLineStart, next == nil { break }
        if rest.starts(with: Self.closing), isAtLineStart || next == 0x0A || next == 0x0D {
          held = rest.dropFirst(Self.closing.count)
          state = .beginning
          (hasThought, expectsClosing) = (true, false)
          return .piece(.allWasThought)
        }
        if rest.starts(with: Self.opening) { expectsClosing = false }
        if Self.closing.starts(with: rest) || Self.opening.starts(with: rest) { break }
      }
      code.take(held[index])
      if held[index] == 0x0A { isAtLineStart = true } else if held[index] != 0x20 { isAtLineStart = false }
      index += 1
    }
    return release(expectsClosing ? index : held.endIndex).map { .piece(.text($0)) } ?? .wait
  }

  /// Takes what is held up to an index; `nil` if that is nothing.
  private mutating func release(_ end: Int) -> String? {
    guard end > held.startIndex else { return nil }
    defer { held = held[end...] }
    return String(decoding: held[..<end], as: UTF8.self)
  }
}

/// Follows the backticks of Markdown, as far as it takes to know whether a tag is only quoted.
private struct CodeSpans {
  /// The backticks that opened the span; none outside of one.
  private var opened = 0
  private var run = 0
  private var lastWasNewline = false

  /// Whether what comes next is code.
  var isOpen: Bool { run > 0 ? opened != run : opened > 0 }

  mutating func take(_ byte: UInt8) {
    if byte == UInt8(ascii: "`") {
      run += 1
      return
    }
    if run > 0 {
      if opened == 0 { opened = run } else if opened == run { opened = 0 }
      run = 0
    }
    let isNewline = byte == UInt8(ascii: "\n")
    // A paragraph ends every span but a fence.
    if isNewline, lastWasNewline, opened < 3 { opened = 0 }
    if isNewline || byte != UInt8(ascii: " ") { lastWasNewline = isNewline }
  }
}

extension ArraySlice<UInt8> {
  /// How many of the last bytes are the beginning of `word`.
  fileprivate func lengthOfEnd(thatBegins word: [UInt8]) -> Int {
    (1..<word.count).reversed().first { $0 <= count && word.starts(with: suffix($0)) } ?? 0
  }
}
