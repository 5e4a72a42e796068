import Foundation
import TestSupport

/// An OpenAI-compatible endpoint that answers each question after the time that the plan gives it, and records the turns.
///
/// A turn begins when its request has arrived, and ends before the end of the answer is sent or when the gateway closes
/// the connection. So a gateway that waits for the end before it begins the next turn of a session is never recorded as
/// doing both at the same time.
struct ClusterAgent: Sendable {
  /// The address for `base_url`.
  let url: String

  init(_ plan: ClusterPlan, _ recorder: ClusterRecorder) throws {
    let server = try TestServer { peer in
      guard let request = peer.readRequest(), let gateway = Self.gateway(of: request),
        let question = Self.question(in: request), plan.thinking.indices.contains(question)
      else { return peer.respond("400 Bad Request", headers: ["Connection: close"]) }
      let turn = recorder.recordTurn(of: question, in: gateway)
      let parts = ClusterText.answerParts(to: question)
      peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\(Self.event(parts[0]))")
      let isClosed = peer.isClosed(within: plan.thinking[question])
      recorder.record(.turnEnded(turn: turn))
      guard !isClosed else { return }
      peer.send("\(Self.event(parts[1]))\(Self.end)")
    }
    url = "\(server.url)/v1"
  }

  /// The value of the API key of a gateway.
  static func key(of gateway: Int) -> String { "gateway-\(gateway)" }

  private static func gateway(of request: ReceivedRequest) -> Int? {
    request.headers["authorization"].flatMap { $0.split(separator: "-").last }.flatMap { Int($0) }
  }

  /// Returns the number of the question: the last one in the last message, since a thread's earlier posts come before it.
  private static func question(in request: ReceivedRequest) -> Int? {
    struct Body: Decodable {
      struct Message: Decodable { let content: String }
      let messages: [Message]
    }
    let body = try? JSONDecoder().decode(Body.self, from: Data(request.body.utf8))
    return body?.messages.last.flatMap { ClusterText.lastQuestion(in: $0.content) }
  }

  private static func event(_ text: String) -> String {
    "data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}]}\n\n"
  }

  private static let end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
}

/// The texts of posts, which have the number of the question.
enum ClusterText {
  static func question(_ number: Int) -> String { "@edgecrab question \(number)" }

  /// The answer in two parts, of which the first one has the number.
  static func answerParts(to question: Int) -> [String] { ["answer \(question) begins", " and ends."] }

  static func answer(to question: Int) -> String { answerParts(to: question).joined() }

  /// Finds the number of an answer, or of a part of one, in a request of a gateway: an expression of Python.
  static let answerPattern = "answer ([0-9]+) begins"

  /// Returns the number of the question that a post answers, or `nil` if it is no answer.
  static func answered(by post: String) -> Int? {
    post.firstMatch(of: /answer ([0-9]+) begins/).flatMap { Int($0.1) }
  }

  static func lastQuestion(in text: String) -> Int? {
    text.matches(of: /question ([0-9]+)/).last.flatMap { Int($0.1) }
  }

  /// Returns whether a post tells a person that their messages wait, which is right during a fault.
  static func isNotice(_ post: String) -> Bool { post.hasPrefix("I am busy; ") }
}

extension Peer {
  /// Waits, and returns whether the client closes the connection meanwhile. It sends nothing more.
  fileprivate func isClosed(within limit: Duration) -> Bool {
    var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, Int32(limit / .milliseconds(1))) > 0
  }
}
