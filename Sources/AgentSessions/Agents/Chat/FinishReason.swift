/// Why a model stopped, in whichever of their words endpoints say it.
enum FinishReason: Equatable {
  /// The answer is complete.
  case whole
  /// The model wants to call a tool.
  case wantsTools
  /// The answer reached the most tokens that it may have, or was suspended to be continued.
  case limit
  /// The model can read no more: the conversation fills it.
  case contextFull
  /// The endpoint, or the model, does not let the rest pass.
  case filtered
  /// The endpoint broke the answer off.
  case broken
  /// A word that is not known, which may mean anything.
  case unknown

  /// Reads a `finish_reason` or `stop_reason`, in capitals or not.
  init(reason: String) {
    self =
      switch reason.lowercased() {
      case "stop", "end_turn", "stop_sequence", "eos", "eos_token", "stop_token", "end", "end_of_text", "complete",
        "completed", "finished":
        .whole
      case "tool_calls", "function_call", "tool_use", "tool_call": .wantsTools
      case "length", "max_tokens", "max_output_tokens", "max_new_tokens", "max_completion_tokens", "pause_turn",
        "incomplete":
        .limit
      case "model_context_window_exceeded", "model_length", "context_length_exceeded", "context_length": .contextFull
      case "content_filter", "content_filtered", "refusal", "safety", "recitation", "blocklist", "prohibited_content",
        "spii", "guardrail_intervened", "sensitive":
        .filtered
      case "error", "abort", "aborted", "cancelled", "canceled", "timeout", "network_error", "server_error",
        "insufficient_system_resource", "malformed_function_call":
        .broken
      default: .unknown
      }
  }
}
