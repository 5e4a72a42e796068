import Tracing

extension Span {
  /// Sets the attributes of a complete response. An endpoint that writes something else than a name or a known reason in
  /// their place, such as a piece of the conversation, is not believed.
  func set(_ response: ChatResponse) {
    if let model = response.model, !model.contains(where: \.isWhitespace) { set(.responseModel, .string(model)) }
    if let reason = response.finishReason, FinishReason(reason: reason) != .unknown {
      set(.finishReasons, .strings([reason]))
    }
  }
}
