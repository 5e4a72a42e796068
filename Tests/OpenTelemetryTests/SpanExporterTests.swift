import Foundation
import HTTPServing
import Logging
import Synchronization
import TestSupport
import Testing
import Tracing
import Transport

@testable import OpenTelemetry

/// The export to collectors, good and bad, over real HTTP.
@Suite(.timeLimit(.minutes(1))) struct SpanExporterTests {
  /// A collector that answers with one response after the other; the last one is for all further requests.
  private final class Collector: Sendable {
    let requests = AsyncQueue<HTTPServerRequest>()
    private let answers: Mutex<[HTTPServerResponse]>

    init(_ answers: [HTTPServerResponse]) { self.answers = Mutex(answers) }

    func answer(_ request: HTTPServerRequest) -> HTTPServerAction {
      requests(request)
      return .respond(answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] })
    }
  }

  /// The reasons in the log.
  private struct Reasons: LogHandler {
    let lines: AsyncQueue<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      lines("\(event.message): \(event.metadata?["count"] ?? "?"): \(event.metadata?["reason"] ?? "?")")
    }
  }

  private let log = AsyncQueue<String>()

  private func exporter(_ url: String, _ more: [String: String] = [:]) throws -> SpanExporter {
    let variables = [
      "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "10",
      "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20hunter2",
    ]
    let settings = try #require(try ExportSettings.read(variables.merging(more) { $1 }))
    let logger = Logger(label: "test") { _ in Reasons(lines: log) }
    return SpanExporter(settings, client: HTTPClient(logger: .silent), logger: logger)
  }

  /// Runs `body` with an exporter, and ends it.
  private func withExporter(
    _ url: String, _ more: [String: String] = [:], _ body: (Tracer) async throws -> Void
  ) async throws {
    let exporter = try exporter(url, more)
    let running = Task { await exporter.run() }
    try await body(exporter.tracer)
    await exporter.end(running)
  }

  private func withCollector(_ answers: HTTPServerResponse..., body: (Collector, String) async throws -> Void)
    async throws
  {
    let collector = Collector(answers)
    let stub = try await HTTPStub.start { collector.answer($0) }
    try await body(collector, stub.url)
    await stub.stop()
  }

  /// Traces so many posts.
  private func trace(_ count: Int = 1, by tracer: Tracer) {
    for _ in 0..<count { tracer.startTrace("post", kind: .consumer, [.messageID: "p1"])?.end() }
  }

  private func spanCount(_ request: HTTPServerRequest) -> Int {
    String(decoding: request.body, as: UTF8.self).matches(of: /"spanId"/).count
  }

  @Test func `spans are posted as JSON with the headers of the variables`() async throws {
    try await withCollector(HTTPServerResponse(200, "{}")) { collector, url in
      try await withExporter(url) { tracer in
        trace(3, by: tracer)
        let request = try await collector.requests.next("a request")
        #expect(request.method == "POST" && request.path == "/v1/traces")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Authorization") == "Bearer hunter2")
        #expect(request.header("traceparent") == nil)
        let text = String(decoding: request.body, as: UTF8.self)
        #expect(text.hasPrefix(#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value""#))
        #expect(text.contains(#"{"key":"messaging.message.id","value":{"stringValue":"p1"}}"#), "\(text)")
      }
    }
  }

  @Test func `a batch is sent again while the collector is busy`() async throws {
    try await withCollector(
      HTTPServerResponse(503), HTTPServerResponse(429), HTTPServerResponse(200, "{}")
    ) { collector, url in
      try await withExporter(url) { tracer in
        trace(by: tracer)
        var bodies: Set<[UInt8]> = []
        for _ in 0..<3 { bodies.insert(try await collector.requests.next("a request").body) }
        #expect(bodies.count == 1)
      }
    }
  }

  @Test(arguments: [
    (400, "the collector answers with status 400"), (500, "the collector answers with status 500"),
    (413, "lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE"), (401, "check OTEL_EXPORTER_OTLP_HEADERS"),
    (302, "the collector redirects (302)"),
  ])
  func `a refusal is logged with its remedy, and the next batch is sent`(status: Int, reason: String) async throws {
    let refusal = HTTPServerResponse(
      status: status, headers: [("Location", "http://127.0.0.1:1/secret")], body: Array("hunter2".utf8))
    try await withCollector(refusal, HTTPServerResponse(200, "{}")) { collector, url in
      try await withExporter(url) { tracer in
        trace(2, by: tracer)
        let line = try await log.next("the log")
        #expect(line.hasPrefix("spans not exported: 2: ") && line.contains(reason), "\(line)")
        #expect(!line.contains("hunter2") && !line.contains("secret"))
        _ = try await collector.requests.next("the first request")
        trace(by: tracer)
        let next = try await collector.requests.next("the second request")
        #expect(spanCount(next) == 1)
      }
    }
  }

  @Test(arguments: [#""1""#, "1"])
  func `rejected spans are counted, and the collector's message is logged without secrets`(count: String) async throws {
    let answer = #"{"partialSuccess":{"rejectedSpans":\#(count),"errorMessage":"too old\nBearer hunter2"}}"#
    try await withCollector(HTTPServerResponse(200, answer)) { _, url in
      try await withExporter(url) { tracer in
        trace(3, by: tracer)
        let line = try await log.next("the log")
        #expect(line == "spans not exported: 1: the collector rejected 1 span: too old <redacted>", "\(line)")
      }
    }
  }

  @Test(arguments: [
    "the token hunter2-hunter2 is not valid",
    String(repeating: "x", count: 180) + " Bearer hunter2-hunter2 is not valid",
  ])
  func `a token that the collector quotes is redacted, also alone and at the end of the log's part`(
    message: String
  ) async throws {
    let answer = #"{"partialSuccess":{"rejectedSpans":1,"errorMessage":"\#(message)"}}"#
    try await withCollector(HTTPServerResponse(200, answer)) { _, url in
      try await withExporter(url, ["OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20hunter2-hunter2"]) { tracer in
        trace(by: tracer)
        let line = try await log.next("the log")
        #expect(line.contains("<redacted>") && !line.contains("hunter2"), "\(line)")
      }
    }
  }

  @Test(arguments: ["", "<html>", "[1,2", #"{"partialSuccess":7}"#, #"{"partialSuccess":{"rejectedSpans":"-9"}}"#])
  func `an answer that says nothing of rejections is a success`(body: String) async throws {
    #expect(CollectorAnswer(Array(body.utf8)) == nil)
  }

  @Test func `a rejection of more spans than there were counts those that there were`() async throws {
    let answer = #"{"partialSuccess":{"rejectedSpans":"9223372036854775807","errorMessage":""}}"#
    try await withCollector(HTTPServerResponse(200, answer)) { _, url in
      try await withExporter(url) { tracer in
        trace(2, by: tracer)
        let line = try await log.next("the log")
        #expect(line.hasPrefix("spans not exported: 2: "), "\(line)")
      }
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{", "not HTTP\r\n\r\n", "",
    "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 200_000) + "\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + String(repeating: "x", count: 1_000_000),
  ])
  func `an answer that is not one costs its batch, and nothing else`(answer: String) async throws {
    let server = try TestServer { peer in
      _ = peer.readRequest()
      peer.send(answer)
    }
    try await withExporter(server.url, ["OTEL_BSP_EXPORT_TIMEOUT": "100"]) { tracer in
      trace(by: tracer)
      let line = try await log.next("the log")
      #expect(line.hasPrefix("spans not exported: 1: the collector cannot be reached"), "\(line)")
    }
  }

  @Test func `without a collector the oldest spans are dropped and counted, and the end does not wait`() async throws {
    let port = try TestServer.closedPort()
    let exporter = try exporter(
      "http://127.0.0.1:\(port)", ["OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "5"])
    trace(1_000, by: exporter.tracer)
    let running = Task { await exporter.run() }
    await exporter.end(running)
    #expect(!running.isCancelled, "it ended by itself")
    #expect(try await log.next("the log").hasPrefix("spans not exported: 1000: the collector cannot be reached"))
  }

  @Test func `a collector that never answers delays the end by a limited time`() async throws {
    let server = try TestServer { peer in peer.waitForClose() }
    let exporter = try exporter(server.url)
    let running = Task { await exporter.run() }
    trace(by: exporter.tracer)
    await exporter.end(running)
    #expect(running.isCancelled)
    #expect(try await log.next("the log").hasPrefix("spans not exported: 1: "))
  }

  @Test func `the spans that are left are exported at the end`() async throws {
    try await withCollector(HTTPServerResponse(200, "{}")) { collector, url in
      try await withExporter(
        url, ["OTEL_BSP_SCHEDULE_DELAY": "3600000", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "4"]
      ) { trace(6, by: $0) }
      let counts = [
        spanCount(try await collector.requests.next("a full batch")),
        spanCount(try await collector.requests.next("the rest")),
      ]
      #expect(counts == [4, 2])
    }
  }

  @Test func `a full queue keeps the newest spans in their order`() throws {
    let queue = SpanQueue(capacity: 3, batch: 2)
    let tracer = Tracer { queue.append($0) }
    for name in ["a", "b", "c", "d", "e"] { tracer.startTrace(name, kind: .internal)?.end() }
    #expect(queue.removeBatch().map(\.name) == ["c", "d"])
    tracer.startTrace("f", kind: .internal)?.end()
    #expect(queue.removeBatch().map(\.name) == ["e", "f"] && queue.removeBatch().isEmpty)
    #expect(queue.resetDroppedCount() == 2 && queue.resetDroppedCount() == 0)
  }
}
