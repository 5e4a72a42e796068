import Core
import RuleEngine

/// Assembles a response from its events: decides what people see of it, and whether it is complete.
struct ChatResponse {
  /// True if the endpoint has said that the response is complete.
  private(set) var isDone = false
  private let reasoning: ReasoningPolicy
  private let secret: String?
  /// See `ChatAPI.finishReasonKey`.
  private let finishReasonKey: String

  private var text = SurrogateJoiner()
  private var thought = SurrogateJoiner()
  private var filter = ReasoningFilter()
  private var quotation = Quotation()
  /// The reason why the model stopped, in the endpoint's word.
  private(set) var finishReason: String?
  /// The model that answers, as the endpoint names it.
  private(set) var model: String?
  private var usage = TokenUsage()
  private var hasEvent = false
  private var hasText = false
  private var hasThought = false

  /// Creates an empty response.
  ///
  /// - Parameter secret: is redacted in all failures.
  init(finishReasonKey: String, reasoning: ReasoningPolicy, hiding secret: String?) {
    (self.finishReasonKey, self.reasoning, self.secret) = (finishReasonKey, reasoning, secret)
  }

  /// Adds an event, and returns the parts that it completes.
  mutating func add(_ event: ChatEvent) throws(ChatFailure) -> [ResponsePart] {
    hasEvent = true
    var parts = parts(of: event.thoughts.map { .thought(thought.add($0)) })
    for text in event.texts { parts += self.parts(of: filter.add(self.text.add(text))) }
    if event.inputTokens != nil || event.outputTokens != nil {
      // Anthropic's events have the sums so far, and only those that changed.
      usage.input = event.inputTokens.map(Limits.credible) ?? usage.input
      usage.output = event.outputTokens.map(Limits.credible) ?? usage.output
      parts.append(.usage(usage))
    }
    if let reason = event.finishReason { finishReason = reason }
    if let name = event.model { model = name }
    isDone = isDone || event.isLast
    if let error = event.error {
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    return parts
  }

  /// Records that the endpoint has said that the response is complete.
  mutating func end() { isDone = true }

  /// True if there was no event.
  var isEmpty: Bool { !hasEvent && !isDone }

  /// Ends the response, and returns the parts that were held back, and how it was truncated.
  ///
  /// - Throws: `ChatFailure` if it is not complete, or empty.
  mutating func finish() throws(ChatFailure) -> [ResponsePart] {
    if isEmpty { throw ChatFailure(code: .empty, detail: "the body holds no event") }
    var parts = parts(of: filter.add(text.end()) + filter.end() + [.thought(thought.end())])
    let end = finishReason.map(FinishReason.init) ?? .complete
    guard isDone || finishReason != nil else {
      throw ChatFailure(code: .cutOff, detail: "no \(finishReasonKey), no end of the stream")
    }
    guard hasText else { throw ChatFailure(code: codeWithoutText(end), detail: reasonDetail) }
    switch end {
    case .complete, .wantsTools: break
    case .limit: parts.append(.truncated(.agentLimit))
    case .contextFull: parts.append(.truncated(.contextFull))
    case .filtered: parts.append(.truncated(.filtered))
    case .aborted: throw ChatFailure(code: .cutOff, detail: reasonDetail)
    // An unknown reason is harmless if the endpoint says that the response is complete.
    case .unknown: if !isDone { parts.append(.truncated(.unknown)) }
    }
    return parts
  }

  private var reasonDetail: String {
    "\(finishReasonKey) \(finishReason?.singleLine(atMost: Limits.detailScalarsMax) ?? "absent")"
  }

  /// Returns the meaning of a response without text.
  private func codeWithoutText(_ end: FinishReason) -> AgentFailure.Code {
    switch end {
    case .wantsTools: .wantsTools
    case .filtered: .filtered
    case .contextFull: .tooLong
    case .aborted: .brokenEndpoint
    // Some endpoints do not send the reasoning.
    case .limit: .onlyThoughtToLimit
    case .complete, .unknown: hasThought ? .onlyThought : .empty
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
      // No blanks at the beginning.
      if !isOpen, scalar.properties.isWhitespace { continue }
      if isAtLineStart { quoted.append(contentsOf: "> ".unicodeScalars) }
      quoted.append(scalar)
      (isOpen, isAtLineStart) = (true, scalar == "\n")
    }
    return String(quoted)
  }

  /// Ends the quotation if one is open, so that the text after it is not part of it.
  mutating func end() -> String {
    guard isOpen else { return "" }
    self = Quotation()
    return "\n\n"
  }
}
