import Core
import RuleEngine
import Tracing

extension Tracer {
  /// Starts the trace of a post that something is done about, with the span of its decision.
  ///
  /// - Parameters:
  ///   - decided: the time of the decision; `nil` if it was not measured.
  ///   - rule: the name of the rule.
  func startPost(
    _ event: Event, _ decision: Decision, _ decided: Range<ContinuousClock.Instant>?, rule: @autoclosure () -> String?
  ) -> Span? {
    let span = startTrace("post", kind: .consumer, .post(event.post), start: decided?.lowerBound)
    guard let span, let decided else { return span }
    let decide = span.child(
      "decide", [.decision: .string(Verdict.Kind(decision.outcome).rawValue)], start: decided.lowerBound)
    decide.set(.rule, rule().map { .string($0) })
    decide.end(at: decided.upperBound)
    return span
  }

  /// Starts the trace of a post whose message an earlier gateway had accepted.
  ///
  /// - Parameter traceparent: its span in that gateway; `nil` if it was not traced.
  func startResumed(_ post: PostID, after traceparent: String?) -> Span? {
    startTrace(
      "post", kind: .consumer, .post(post).merging([.isResumed: .bool(true)]) { $1 },
      link: traceparent.flatMap(SpanContext.init(traceparent:)))
  }
}

extension [SpanAttribute: SpanValue] {
  /// The attributes of a message by OpenTelemetry's conventions for messaging
  /// (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/).
  fileprivate static func post(_ post: PostID) -> Self {
    [.messagingSystem: "mattermost", .messagingOperation: "process", .messageID: .string(post.rawValue)]
  }
}
