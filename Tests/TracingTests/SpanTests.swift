import Synchronization
import Testing

@testable import Tracing

/// Spans, their identities and their times.
@Suite struct SpanTests {
  private final class Recorder: Sendable {
    private let state = Mutex<[SpanRecord]>([])
    var spans: [SpanRecord] { state.withLock { $0 } }
    var tracer: Tracer { Tracer { span in self.state.withLock { $0.append(span) } } }
  }

  private let recorder = Recorder()

  @Test func `a child has the trace of its parent, names it, and lies within its time`() throws {
    let root = try #require(recorder.tracer.startTrace("post", kind: .consumer))
    let child = root.child("turn", [.agent: "coder"])
    child.end()
    root.end()
    let (first, last) = (recorder.spans[0], recorder.spans[1])
    #expect(recorder.spans.map(\.name) == ["turn", "post"])
    #expect(first.context.trace == last.context.trace && first.context.span != last.context.span)
    #expect(first.parent == last.context.span && last.parent == nil)
    #expect(last.start <= first.start && first.start <= first.end && first.end <= last.end)
    #expect(first.attributes == [.agent: "coder"] && !first.isError)
  }

  @Test func `a span is recorded once, with what was set before its end`() throws {
    let root = try #require(recorder.tracer.startTrace("post", kind: .consumer))
    root.set(.status, .int(503))
    root.fail("503")
    root.end()
    root.set(.status, .int(200))
    root.end()
    #expect(recorder.spans.count == 1)
    #expect(recorder.spans[0].attributes == [.status: .int(503), .errorType: "503"] && recorder.spans[0].isError)
  }

  @Test func `a span may begin and end at moments of the past`() throws {
    let moment = ContinuousClock.now
    let root = try #require(recorder.tracer.startTrace("post", kind: .consumer, start: moment))
    root.child("decide", start: moment).end(at: moment + .microseconds(5))
    root.end()
    let decide = recorder.spans[0]
    #expect(decide.end - decide.start == 5_000 && decide.start == recorder.spans[1].start)
  }

  @Test func `no span starts without a tracer, or in a trace that is not sampled`() {
    #expect(Span.current == nil && ["A": "1"].withTraceparent == ["A": "1"])
    #expect(!Tracer.off.isOn && Tracer.off.startTrace("post", kind: .consumer) == nil)
    let none = Tracer(isSampled: { _ in false }) { _ in Issue.record("recorded") }
    #expect(none.startTrace("post", kind: .consumer) == nil)
  }

  @Test func `a traceparent names the trace and the span, and is read again`() throws {
    let root = try #require(recorder.tracer.startTrace("post", kind: .consumer))
    let text = root.context.traceparent
    #expect(text.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil, "\(text)")
    #expect(SpanContext(traceparent: text) == root.context)
    Span.$current.withValue(root) {
      #expect(["A": "1"].withTraceparent == ["A": "1", "TRACEPARENT": text])
      #expect(["TRACEPARENT": "own"].withTraceparent == ["TRACEPARENT": "own"])
    }
    for wrong in ["", "00-1-2-01", text + "-1", "01" + text.dropFirst(2), text.replacing("-", with: "+")] {
      #expect(SpanContext(traceparent: wrong) == nil, "\(wrong)")
    }
  }

  @Test func `ids keep their leading zeros`() {
    #expect(TraceID(high: 1, low: 2).hex == "00000000000000010000000000000002")
    #expect(SpanID(value: 0xAB).hex == "00000000000000ab")
  }

  @Test func `texts of a server are bounded lines`() throws {
    let root = try #require(recorder.tracer.startTrace("post", kind: .consumer, [.rule: "a\nb"]))
    root.set(.responseModel, .string(String(repeating: "m", count: 100_000)))
    root.set(.finishReasons, .strings(Array(repeating: "stop", count: 1_000)))
    root.end()
    let attributes = recorder.spans[0].attributes
    #expect(attributes[.rule] == "a b")
    guard case .string(let model) = attributes[.responseModel], case .strings(let reasons) = attributes[.finishReasons]
    else { throw Missing() }
    #expect(model.unicodeScalars.count <= 201 && reasons.count == 4)
  }

  private struct Missing: Error {}

  @Test(arguments: [
    ("https://chat.example.com/team", "chat.example.com", 443), ("http://localhost:8065", "localhost", 8065),
    ("http://[::1]:11434/v1?key=x", "::1", 11434), ("HTTPS://[fe80::1]", "fe80::1", 443), ("http://a?b:1", "a", 80),
  ])
  func `the server of a URL is its host and port`(url: String, host: String, port: Int) {
    #expect([SpanAttribute: SpanValue].server(of: url) == [.serverAddress: .string(host), .serverPort: .int(port)])
  }
}
