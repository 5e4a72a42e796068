import Foundation
import HTTPServing
import Synchronization
import TestSupport

/// A collector that keeps what it receives.
final class TraceCollector: Sendable {
  struct Span: Decodable {
    var service, scope, trace, id, parent, name, kind: String
    var start, end: UInt64
    var attributes: [String: String]
    var links: [String]
    var isError: Bool
  }

  private let stub: HTTPStub
  private let received: Received

  private final class Received: Sendable {
    let requests = Mutex<[HTTPServerRequest]>([])
  }

  static let canRead = FileManager.default.fileExists(atPath: packages.appending(path: "opentelemetry").path)

  private static let here = URL(filePath: #filePath).deletingLastPathComponent()
  private static let packages = here.appending(path: "../../.build-otlp").standardized

  static func start() async throws -> TraceCollector {
    let received = Received()
    let stub = try await HTTPStub.start { request in
      received.requests.withLock { $0.append(request) }
      return .respond(HTTPServerResponse(200, "{}"))
    }
    return TraceCollector(stub, received)
  }

  private init(_ stub: HTTPStub, _ received: Received) {
    self.stub = stub
    self.received = received
  }

  var url: String { stub.url }
  var bodies: [String] { received.requests.withLock { $0.map { String(decoding: $0.body, as: UTF8.self) } } }
  var authorizations: Set<String?> { received.requests.withLock { Set($0.map { $0.header("Authorization") }) } }

  func stop() async { await stub.stop() }

  /// Returns the spans of all requests.
  func spans() async throws -> [Span] {
    let folder = try TemporaryFolder()
    let requests = try folder.write(bodies.map { $0 + "\n" }.joined(), to: "requests")
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = [Self.here.appending(path: "read_traces.py").path, requests, folder.path("spans")]
    python.environment = ["PYTHONPATH": Self.packages.path, "PYTHONDONTWRITEBYTECODE": "1"]
    try python.run()
    python.waitUntilExit()
    guard python.terminationStatus == 0 else { throw TestFailure("not what OTLP defines:\n\(bodies)") }
    return try JSONDecoder().decode([Span].self, from: Data(contentsOf: URL(filePath: folder.path("spans"))))
  }
}

extension [TraceCollector.Span] {
  /// Returns the spans of a name in the order in which they began.
  func named(_ name: String) -> [TraceCollector.Span] {
    var found: [TraceCollector.Span] = []
    for span in self where span.name == name { found.append(span) }
    return found.sorted { $0.start < $1.start }
  }
}
