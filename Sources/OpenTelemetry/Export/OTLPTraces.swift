import Core
import Tracing
import Transport

/// The body of a request to a collector: an `ExportTraceServiceRequest` as JSON.
///
/// Specification: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding; ids are hexadecimal there, and 64-bit
/// integers are strings.
enum OTLPTraces {
  static func body(_ spans: [SpanRecord], resource: [(name: String, value: String)]) -> JSON {
    let attributes = resource.map { attribute($0.name, .string($0.value)) }
    let scope: JSON = ["name": "edgecrab", "version": .string(UserAgent.version)]
    return [
      "resourceSpans": [
        [
          "resource": ["attributes": .array(attributes)],
          "scopeSpans": [["scope": scope, "spans": .array(spans.map(\.json))]],
        ]
      ]
    ]
  }

  fileprivate static func attribute(_ name: String, _ value: SpanValue) -> JSON {
    ["key": .string(name), "value": value.json]
  }
}

extension SpanRecord {
  fileprivate var json: JSON {
    let attributes = attributes.sorted { $0.key.rawValue < $1.key.rawValue }
    return .object(
      present: [
        "traceId": .string(context.trace.hex), "spanId": .string(context.span.hex),
        "parentSpanId": parent.map { .string($0.hex) }, "name": .string(name), "kind": .int(kind.number),
        "startTimeUnixNano": .string("\(start)"), "endTimeUnixNano": .string("\(end)"),
        "attributes": .array(attributes.map { OTLPTraces.attribute($0.key.rawValue, $0.value) }),
        "links": link.map { [["traceId": .string($0.trace.hex), "spanId": .string($0.span.hex)]] },
        // STATUS_CODE_ERROR
        "status": isError ? ["code": 2] : nil,
      ])
  }
}

extension SpanKind {
  /// The number of `Span.SpanKind` in opentelemetry/proto/trace/v1/trace.proto.
  fileprivate var number: Int {
    switch self {
    case .internal: 1
    case .client: 3
    case .consumer: 5
    }
  }
}

extension SpanValue {
  fileprivate var json: JSON {
    switch self {
    case .string(let text): ["stringValue": .string(text)]
    case .strings(let texts): ["arrayValue": ["values": .array(texts.map { ["stringValue": .string($0)] })]]
    case .int(let number): ["intValue": .string("\(number)")]
    case .bool(let value): ["boolValue": .bool(value)]
    }
  }
}
