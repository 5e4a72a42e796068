import Glibc

/// Starts traces.
package struct Tracer: Sendable {
  private struct Output {
    let isSampled: @Sendable (TraceID) -> Bool
    let record: @Sendable (SpanRecord) -> Void
  }

  private let output: Output?

  /// A tracer that starts no traces.
  package static let off = Tracer(output: nil)

  private init(output: Output?) { self.output = output }

  /// Creates a tracer.
  ///
  /// - Parameters:
  ///   - isSampled: decides whether a trace is recorded.
  ///   - record: called with each span that ends, on its task's thread; must return soon.
  package init(
    isSampled: @escaping @Sendable (TraceID) -> Bool = { _ in true },
    record: @escaping @Sendable (SpanRecord) -> Void
  ) {
    self.init(output: Output(isSampled: isSampled, record: record))
  }

  /// False if no trace can start.
  package var isOn: Bool { output != nil }

  /// Starts a trace with its first span, or returns `nil` if it is not sampled.
  ///
  /// - Parameters:
  ///   - attributes: made only if the trace is sampled.
  ///   - start: `nil` is now.
  ///   - link: a span of another trace that this one continues.
  package func startTrace(
    _ name: String, kind: SpanKind, _ attributes: @autoclosure () -> [SpanAttribute: SpanValue] = [:],
    start: ContinuousClock.Instant? = nil, link: SpanContext? = nil
  ) -> Span? {
    guard let output else { return nil }
    let id = TraceID.random()
    guard output.isSampled(id) else { return nil }
    return Span(name, kind, in: Trace(id, output.record), below: nil, start: start, attributes(), link: link)
  }
}

/// The part that the spans of a trace share.
final class Trace: Sendable {
  let id: TraceID
  let record: @Sendable (SpanRecord) -> Void
  /// One moment by two clocks: all times of a trace follow the monotonic one.
  private let moment: (instant: ContinuousClock.Instant, nanoseconds: Int64)

  init(_ id: TraceID, _ record: @escaping @Sendable (SpanRecord) -> Void) {
    self.id = id
    self.record = record
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    moment = (.now, Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// Returns an instant in nanoseconds since 1970 (UTC).
  func nanoseconds(at instant: ContinuousClock.Instant) -> Int64 {
    let (seconds, attoseconds) = (instant - moment.instant).components
    return moment.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
