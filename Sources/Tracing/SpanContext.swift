/// The identity of a span among all traces.
///
/// W3C Trace Context: https://www.w3.org/TR/trace-context/
package struct SpanContext: Sendable, Hashable {
  package let trace: TraceID
  package let span: SpanID

  init(trace: TraceID, span: SpanID) {
    self.trace = trace
    self.span = span
  }

  /// Parses a `traceparent`; returns `nil` if it is not one of version 00.
  package init?(traceparent text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
    guard parts.count == 4, parts[0] == "00", parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts.allSatisfy({ $0.utf8.allSatisfy { digits.contains($0) || letters.contains($0) } }),
      let high = UInt64(parts[1].prefix(16), radix: 16), let low = UInt64(parts[1].suffix(16), radix: 16),
      let span = UInt64(parts[2], radix: 16), high | low != 0, span != 0
    else { return nil }
    trace = TraceID(high: high, low: low)
    self.span = SpanID(value: span)
  }

  /// The value of the header `traceparent`, which names this span as the parent. The last two digits say that the trace
  /// is recorded.
  package var traceparent: String { "00-\(trace.hex)-\(span.hex)-01" }
}

/// The id of a trace: 16 bytes, not all zero.
package struct TraceID: Sendable, Hashable {
  let high: UInt64
  /// The half by which traces are sampled.
  package let low: UInt64

  static func random() -> Self { TraceID(high: .random(in: 1 ... .max), low: .random(in: 0 ... .max)) }

  /// 32 hexadecimal digits in lower case.
  package var hex: String { high.hex + low.hex }
}

/// The id of a span within its trace: 8 bytes, not all zero.
package struct SpanID: Sendable, Hashable {
  let value: UInt64

  static func random() -> Self { SpanID(value: .random(in: 1 ... .max)) }

  /// 16 hexadecimal digits in lower case.
  package var hex: String { value.hex }
}

extension UInt64 {
  fileprivate var hex: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension [String: String] {
  /// The environment of a program, with the variable that names the span for which it works; its own value wins.
  ///
  /// Specification: https://opentelemetry.io/docs/specs/otel/context/env-carriers/
  package var withTraceparent: Self {
    Span.current.map { span in merging(["TRACEPARENT": span.context.traceparent]) { own, _ in own } } ?? self
  }
}
