import Core
import Synchronization

/// An operation of a trace, from its start to its end.
///
/// A span is recorded when it ends. Code that takes part in a trace finds the span that it works for in `Span.current`,
/// starts one below it, and knows nothing of who reads it. Without a trace, `current` is `nil` and none of this does
/// anything:
///
///     let span = Span.current?.child("GET /posts", kind: .client)
///     defer { span?.end() }
///
/// Tasks inherit `current` from the task that starts them, which is wrong for work on behalf of someone else: bind the
/// span that the work belongs to, or `nil`.
package final class Span: Sendable {
  /// The span that the current task works for.
  @TaskLocal package static var current: Span?

  package let context: SpanContext
  private let trace: Trace
  private let parent: SpanID?
  private let name: String
  private let kind: SpanKind
  private let start: ContinuousClock.Instant
  private let state: Mutex<State>

  private struct State {
    var attributes: [SpanAttribute: SpanValue]
    var link: SpanContext?
    var isEnded = false
  }

  /// - Parameter start: `nil` is now.
  init(
    _ name: String, _ kind: SpanKind, in trace: Trace, below parent: SpanID?, start: ContinuousClock.Instant?,
    _ attributes: [SpanAttribute: SpanValue], link: SpanContext? = nil
  ) {
    context = SpanContext(trace: trace.id, span: .random())
    self.trace = trace
    self.parent = parent
    self.name = name
    self.kind = kind
    self.start = start ?? .now
    state = Mutex(State(attributes: attributes.mapValues(\.bounded), link: link))
  }

  /// Starts a span below this one, which may have ended.
  ///
  /// - Parameters:
  ///   - name: names a kind of operation, not one of them: without ids.
  ///   - start: `nil` is now.
  package func child(
    _ name: String, kind: SpanKind = .internal, _ attributes: [SpanAttribute: SpanValue] = [:],
    start: ContinuousClock.Instant? = nil
  ) -> Span {
    Span(name, kind, in: trace, below: context.span, start: start, attributes)
  }

  /// Sets an attribute; `nil` changes nothing.
  package func set(_ attribute: SpanAttribute, _ value: SpanValue?) {
    guard let value else { return }
    state.withLock { $0.attributes[attribute] = value.bounded }
  }

  /// Marks the operation as failed.
  ///
  /// - Parameter type: the kind of error, one of a few.
  package func fail(_ type: String) { set(.errorType, .string(type)) }

  /// Ends the span and records it; a second call does nothing.
  ///
  /// - Parameter end: `nil` is now.
  package func end(at end: ContinuousClock.Instant? = nil) {
    let final = state.withLock { state in
      defer { state.isEnded = true }
      return state.isEnded ? nil : state
    }
    guard let final else { return }
    trace.record(
      SpanRecord(
        context: context, parent: parent, name: name, kind: kind, start: trace.nanoseconds(at: start),
        end: trace.nanoseconds(at: end ?? .now), attributes: final.attributes, link: final.link))
  }
}

/// The part that the caller plays in an operation.
package enum SpanKind: Sendable {
  /// Work within the gateway.
  case `internal`
  /// A request to another program.
  case client
  /// The processing of a message that another program sent.
  case consumer
}

/// A span that has ended.
package struct SpanRecord: Sendable {
  package let context: SpanContext
  /// The span above it; `nil` for the first of a trace.
  package let parent: SpanID?
  package let name: String
  package let kind: SpanKind
  /// Nanoseconds since 1970 (UTC).
  package let start: Int64
  package let end: Int64
  package let attributes: [SpanAttribute: SpanValue]
  /// A span of another trace that this one continues.
  package let link: SpanContext?

  /// True if the operation failed.
  package var isError: Bool { attributes[.errorType] != nil }
}
