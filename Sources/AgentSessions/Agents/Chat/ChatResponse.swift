import Core
import RuleEngine

/// An endpoint's answer as it comes, event by event: what of it people see, and whether it is whole.
struct ChatResponse {
  /// Whether the endpoint has said that nothing more follows.
  private(set) var isDone = false
  private let reasoning: ReasoningPolicy
  private let secret: String?
  /// What the endpoint calls the reason for which an answer ends.
  private let reasonKey: String

  private var text = SurrogateJoiner()
  private var thought = SurrogateJoiner()
  private var filter = ReasoningFilter()
  private var quotation = Quotation()
  private var finishReason: String?
  private var usage = TokenUsage()
  private var hasEvent = false
  private var hasText = false
  private var hasThought = false

  /// Begins an answer; `secret` is kept out of every fault.
  init(reasonKey: String, reasoning: ReasoningPolicy, hiding secret: String?) {
    (self.reasonKey, self.reasoning, self.secret) = (reasonKey, reasoning, secret)
  }

  /// Takes what an event says, and returns what it adds.
  mutating func take(_ event: ChatEvent) throws(ChatFailure) -> [ResponsePart] {
    hasEvent = true
    var parts = parts(of: event.thoughts.map { .thought(thought.take($0)) })
    for text in event.texts { parts += self.parts(of: filter.take(self.text.take(text))) }
    if event.inputTokens != nil || event.outputTokens != nil {
      // Anthropic's events tell the sums so far, and only those that have changed.
      usage.input = event.inputTokens.map(Limits.credible) ?? usage.input
      usage.output = event.outputTokens.map(Limits.credible) ?? usage.output
      parts.append(.usage(usage))
    }
    if let reason = event.finishReason { finishReason = reason }
    isDone = isDone || event.isLast
    if let error = event.error {
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    return parts
  }

  /// Notes that the endpoint has said that nothing more follows.
  mutating func end() { isDone = true }

  /// Whether nothing came that says anything.
  var isEmpty: Bool { !hasEvent && !isDone }

  /// Whether there is text that would be lost with the answer.
  var hasBegun: Bool { hasText }

  /// Ends the answer: returns what was held back, and how it was cut if it was.
  ///
  /// - Throws: if it is not whole, or says nothing.
  mutating func finish() throws(ChatFailure) -> [ResponsePart] {
    if isEmpty { throw ChatFailure(code: .empty, detail: "the body holds no event") }
    var parts = parts(of: filter.take(text.end()) + filter.end() + [.thought(thought.end())])
    let end = finishReason.map(FinishReason.init) ?? .whole
    guard isDone || finishReason != nil else {
      throw ChatFailure(code: .cutOff, detail: "no \(reasonKey), no end of the stream")
    }
    guard hasText else { throw ChatFailure(code: codeWithoutText(end), detail: saidReason) }
    switch end {
    case .whole, .wantsTools: break
    case .limit: parts.append(.truncated(.agentLimit))
    case .contextFull: parts.append(.truncated(.contextFull))
    case .filtered: parts.append(.truncated(.filtered))
    case .broken: throw ChatFailure(code: .cutOff, detail: saidReason)
    // An odd word where the endpoint says by itself that the answer is whole means no harm.
    case .unknown: if !isDone { parts.append(.truncated(.unknown)) }
    }
    return parts
  }

  private var saidReason: String {
    "\(reasonKey) \(finishReason?.singleLine(atMost: Limits.detailScalarsMax) ?? "absent")"
  }

  /// What an answer means that says nothing.
  private func codeWithoutText(_ end: FinishReason) -> AgentFailure.Code {
    switch end {
    case .wantsTools: .wantsTools
    case .filtered: .filtered
    case .contextFull: .tooLong
    case .broken: .brokenEndpoint
    // Some endpoints keep all of the thinking to themselves.
    case .limit: .onlyThoughtToLimit
    case .whole, .unknown: hasThought ? .onlyThought : .empty
    }
  }

  private mutating func parts(of pieces: [ReasoningFilter.Piece]) -> [ResponsePart] {
    var parts: [ResponsePart] = []
    for piece in pieces {
      switch piece {
      case .thought(let thought):
        guard !thought.isEmpty else { continue }
        hasThought = true
        if reasoning == .show { parts.append(.text(quotation.quote(thought))) }
      case .text(let text):
        guard !text.isEmpty else { continue }
        hasText = hasText || text.contains { !$0.isWhitespace }
        parts.append(.text(quotation.end() + text))
      case .allWasThought:
        (hasThought, hasText) = (true, false)
        if reasoning == .hide { parts.append(.retracted(.max)) } else { parts.append(.text("\n\n")) }
      }
    }
    return parts.filter { $0 != .text("") }
  }
}

/// Writes text as a Markdown quotation, piece by piece.
private struct Quotation {
  private var isOpen = false
  private var isAtLineStart = true

  mutating func quote(_ text: String) -> String {
    var quoted = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      // The quotation begins with its first words.
      if !isOpen, scalar.properties.isWhitespace { continue }
      if isAtLineStart { quoted.append(contentsOf: "> ".unicodeScalars) }
      quoted.append(scalar)
      (isOpen, isAtLineStart) = (true, scalar == "\n")
    }
    return String(quoted)
  }

  /// Ends the quotation, if one is open, so that what follows is none of it.
  mutating func end() -> String {
    guard isOpen else { return "" }
    self = Quotation()
    return "\n\n"
  }
}
