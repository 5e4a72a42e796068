import Core
import Foundation
import RuleEngine
import TestSupport
import Testing

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct EndpointErrorTests {
  private static func refusal(_ status: String, headers: [String] = [], _ body: String = "") -> [ChatServer.Step] {
    [.send((["HTTP/1.1 \(status)", "Connection: close"] + headers).joined(separator: "\r\n") + "\r\n\r\n" + body)]
  }

  @Test(arguments: [
    (
      "400 Bad Request",
      #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#,
      "HTTP 400, invalid_request_error unsupported_parameter, param max_tokens, Unsupported parameter: 'max_tokens' is not supported with this model."
    ),
    (
      "404 Not Found",
      #"{"error":{"message":"model \"llama-9\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
      #"HTTP 404, api_error, model "llama-9" not found, try pulling it first"#
    ),
    ("400 Bad Request", "unknown model: llama-9", "HTTP 400, unknown model: llama-9"),
    (
      "401 Unauthorized",
      #"{"error":{"message":"Incorrect API key provided: sk-very-secret.","code":"invalid_api_key"}}"#,
      "HTTP 401, invalid_api_key, Incorrect API key provided: <redacted>."
    ),
  ])
  func `an endpoint's error is logged with its parameter, its code and the model`(
    status: String, body: String, detail: String
  ) async throws {
    let failure = try await EndpointQuestion().failure(try ChatServer(Self.refusal(status, body)))
    #expect(failure.detail == detail)
    #expect(!failure.sentence().contains("llama-9"))
  }

  @Test func `an endpoint's error is logged with a limited length and without quotations`() async throws {
    var question = EndpointQuestion(history: [
      HistoryEntry(speaker: "alice", message: "my password is hunter2", answer: nil)
    ])
    question.message = "tell nobody ünder any circumstances 🦀 of it"
    let words = "cannot parse: tell nobody ünder any circumstances 🦀 of it, nor my password is hunter2, at 17"
    let body = #"{"error":{"message":"\#(words)\#(String(repeating: " more", count: 500))"}}"#
    let detail = try await question.failure(try ChatServer(Self.refusal("400 Bad Request", body))).detail
    #expect(detail.hasPrefix("HTTP 400, cannot parse: […], nor […], at 17 more"), "\(detail)")
    #expect(detail.unicodeScalars.count <= 300)
  }

  @Test(arguments: ["408 Timeout", "425 Too Early"])
  func `timeouts within the endpoint are retried`(status: String) async throws {
    let server = try ChatServer(inTurn: [
      Self.refusal(status, headers: ["Retry-After: 0"]), [.head(), .word("ok"), .finish, .done],
    ])
    var question = EndpointQuestion()
    question.settings.retries = 1
    #expect(try await question.ask(server) == "ok")
  }

  private static func date(_ format: String, _ seconds: Double) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = format
    return formatter.string(from: Date(timeIntervalSince1970: seconds))
  }

  private static let dateOfServer = "Date: Sun, 06 Nov 1994 08:49:37 GMT"

  @Test(arguments: [
    (["Retry-After: 7"], 7_000), (["Retry-After: 1.5"], 1_500), (["Retry-After: .25"], 250),
    (["retry-after-ms: 250"], 250), (["Retry-After-Ms: 1200.5", "Retry-After: 2"], 1_200),
    ([dateOfServer, "Retry-After: Sun, 06 Nov 1994 08:49:47 GMT"], 10_000),
    ([dateOfServer, "Retry-After: Sunday, 06-Nov-94 08:49:47 GMT"], 10_000),
    ([dateOfServer, "Retry-After: Sun Nov  6 08:49:47 1994"], 10_000),
    ([dateOfServer, "Retry-After: Sun, 06 Nov 1994 08:49:07 GMT"], 0),
    (["Retry-After: Sun, 06 Nov 1994 08:49:07 GMT"], 0),
    (["Retry-After: soon"], nil), (["Retry-After: -1"], nil), (["Retry-After: nan"], nil),
    (["Retry-After: 1e3"], nil),
    (["Retry-After: 99999999999999999999999999"], 1_000_000_000), (["retry-after-ms: x"], nil),
  ])
  func `the delay before a retry is read in every form`(headers: [String], milliseconds: Int?) async throws {
    let server = try ChatServer(Self.refusal("503 Busy", headers: headers))
    let wait = try await EndpointQuestion().failure(server).retryAfter
    #expect(wait.map { Int(($0 / .milliseconds(1)).rounded(.down)) } == milliseconds)
  }

  @Test func `a retry date is relative to our clock if the endpoint sends no date`() async throws {
    let date = Self.date("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Date().timeIntervalSince1970 + 3_600)
    let server = try ChatServer(Self.refusal("503 Busy", headers: ["Retry-After: \(date)"]))
    let wait = try #require(try await EndpointQuestion().failure(server).retryAfter)
    #expect(wait > .seconds(3_000) && wait <= .seconds(3_601))
  }
}
