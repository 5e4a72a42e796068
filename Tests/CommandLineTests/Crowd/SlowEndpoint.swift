import Foundation
import Synchronization
import TestSupport

/// A slow chat endpoint that repeats the last message, and records the requests in order.
struct SlowEndpoint: Sendable {
  private final class Memory: Sendable {
    let asked = Mutex<[String]>([])
    let atOnce = Mutex((now: 0, most: 0))
  }

  private let memory = Memory()
  private let server: TestServer

  /// Starts one with a pause before each of the three words of an answer.
  init(pause: Duration) throws {
    let memory = memory
    server = try TestServer { peer in
      guard let request = peer.readRequest(), let asked = Self.lastMessage(in: request.body) else { return }
      memory.asked.withLock { $0.append(asked) }
      memory.atOnce.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      defer { memory.atOnce.withLock { $0.now -= 1 } }
      peer.send(Array("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".utf8))
      for word in ["I heard ", asked, "."] {
        Thread.sleep(forTimeInterval: pause / .seconds(1))
        peer.send(Array("data: {\"choices\":[{\"delta\":{\"content\":\"\(word)\"}}]}\n\n".utf8))
      }
      peer.send(Array("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n".utf8))
    }
  }

  /// The address for `base_url`.
  var url: String { "\(server.url)/v1" }

  /// The requests, in order.
  var asked: [String] { memory.asked.withLock { $0 } }

  /// The largest number of requests that it answered at once.
  var mostAtOnce: Int { memory.atOnce.withLock { $0.most } }

  /// The newest message, without the name of its author.
  private static func lastMessage(in body: String) -> String? {
    struct Body: Decodable { var messages: [Message] }
    struct Message: Decodable { var content: String }
    let message = (try? JSONDecoder().decode(Body.self, from: Data(body.utf8)))?.messages.last
    return message?.content.split(separator: ": ").last.map(String.init)
  }
}
