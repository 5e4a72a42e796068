/// Separates a model's reasoning from its answer if the endpoint sends both as one text: `<think>…</think>Hello`.
///
/// Reasoning is at the beginning of a response. Its opening tag may be missing, because the templates of some models
/// put it into the prompt: everything before a lone closing tag is reasoning if that tag begins or ends its line.
/// Within a line, the answer may be about the tag.
struct ReasoningFilter {
  enum Piece: Equatable {
    case text(String)
    case thought(String)
    /// All of the text so far was reasoning.
    case allWasThought
  }

  private enum State: Equatable {
    /// Only blanks or reasoning so far.
    case beginning
    case thinking(closing: [UInt8])
    case answering
  }

  /// The result of one step.
  private enum Step {
    case piece(Piece)
    /// The state has changed; the buffer is to be read again.
    case again
    /// More text is needed.
    case wait
  }

  private static let tags: [(opening: [UInt8], closing: [UInt8])] = [
    ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("[THINK]", "[/THINK]"),
  ].map { (Array($0.utf8), Array($1.utf8)) }
  private static let (opening, closing) = tags[0]

  private var state = State.beginning
  /// Text that may be the beginning of a tag.
  private var buffer: ArraySlice<UInt8> = []
  private var code = CodeSpans()
  /// True if only blanks precede the next byte on its line.
  private var isAtLineStart = true
  private var hasThought = false
  /// True if a closing tag without an opening one would end reasoning: until there was an opening one.
  private var expectsClosing = true

  /// Adds text, and returns the pieces that it decides.
  mutating func add(_ text: String) -> [Piece] {
    buffer += Array(text.utf8)
    var pieces: [Piece] = []
    while true {
      switch step() {
      case .piece(let piece): pieces.append(piece)
      case .again: continue
      case .wait: return pieces
      }
    }
  }

  /// Ends the text, and returns the part that was held back.
  mutating func end() -> [Piece] {
    defer { buffer = [] }
    guard !buffer.isEmpty else { return [] }
    let rest = String(decoding: buffer, as: UTF8.self)
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
    let words = buffer.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    if let tag = Self.tags.first(where: { words.starts(with: $0.opening) }) {
      buffer = words.dropFirst(tag.opening.count)
      state = .thinking(closing: tag.closing)
      (hasThought, expectsClosing) = (true, false)
      return .again
    }
    // The blanks between reasoning and text belong to neither.
    if hasThought { buffer = words }
    let mayBeTag = Self.tags.contains { $0.opening.starts(with: words) }
    if mayBeTag, buffer.count < Limits.reasoningBytesHeld { return .wait }
    state = .answering
    return .again
  }

  private mutating func think(until closing: [UInt8]) -> Step {
    if let end = buffer.firstRange(of: closing) {
      let thought = buffer[..<end.lowerBound]
      buffer = buffer[end.upperBound...]
      state = .beginning
      return thought.isEmpty ? .again : .piece(.thought(String(decoding: thought, as: UTF8.self)))
    }
    return release(buffer.endIndex - buffer.lengthOfEnd(thatBegins: closing)).map { .piece(.thought($0)) } ?? .wait
  }

  private mutating func answer() -> Step {
    var index = buffer.startIndex
    while expectsClosing, index < buffer.endIndex {
      let rest = buffer[index...]
      if rest.first == Self.closing.first, !code.isOpen {
        let next = rest.dropFirst(Self.closing.count).first
        if rest.starts(with: Self.closing), !isAtLineStart, next == nil { break }
        if rest.starts(with: Self.closing), isAtLineStart || next == 0x0A || next == 0x0D {
          buffer = rest.dropFirst(Self.closing.count)
          state = .beginning
          (hasThought, expectsClosing) = (true, false)
          return .piece(.allWasThought)
        }
        if rest.starts(with: Self.opening) { expectsClosing = false }
        if Self.closing.starts(with: rest) || Self.opening.starts(with: rest) { break }
      }
      code.take(buffer[index])
      if buffer[index] == 0x0A { isAtLineStart = true } else if buffer[index] != 0x20 { isAtLineStart = false }
      index += 1
    }
    return release(expectsClosing ? index : buffer.endIndex).map { .piece(.text($0)) } ?? .wait
  }

  /// Removes and returns the buffer up to an index, or `nil` if that is empty.
  private mutating func release(_ end: Int) -> String? {
    guard end > buffer.startIndex else { return nil }
    defer { buffer = buffer[end...] }
    return String(decoding: buffer[..<end], as: UTF8.self)
  }
}

/// Tracks the backticks of Markdown: a tag within code is only quoted.
private struct CodeSpans {
  /// The number of backticks that opened the span; 0 outside of one.
  private var opened = 0
  private var run = 0
  private var lastWasNewline = false

  /// True if the next byte is code.
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
    // The end of a paragraph ends every span except a fence.
    if isNewline, lastWasNewline, opened < 3 { opened = 0 }
    if isNewline || byte != UInt8(ascii: " ") { lastWasNewline = isNewline }
  }
}

extension ArraySlice<UInt8> {
  /// The number of bytes at the end that are the beginning of `word`.
  fileprivate func lengthOfEnd(thatBegins word: [UInt8]) -> Int {
    (1..<word.count).reversed().first { $0 <= count && word.starts(with: suffix($0)) } ?? 0
  }
}
