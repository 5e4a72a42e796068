import Synchronization

/// A chat endpoint on loopback that does what a test says: real sockets, plain HTTP/1.1, one script for every
/// connection.
package struct ChatServer: Sendable {
  /// What the server does next with a connection.
  package enum Step: Sendable {
    /// Sends bytes.
    case send([UInt8])
    /// Waits until the test lets it pass.
    case wait(TestGate)
    /// Sends the bytes again and again, until the client closes the connection.
    case repeatUntilClosed([UInt8])
    /// Does nothing, until the client closes the connection.
    case hold
  }

  /// What the server saw.
  package enum Sight: Sendable, Equatable {
    /// A request came.
    case request(ReceivedRequest)
    /// The client closed the connection.
    case closedByClient
  }

  /// What goes into `base_url`.
  package let url: String
  private let sights = AsyncQueue<Sight>()

  /// Starts a server that goes through `steps` with every connection.
  package init(_ steps: [Step]) throws { try self.init(inTurn: [steps]) }

  /// Starts a server that goes through the first script with the first connection, and so on; through the last one with all
  /// that follow.
  package init(inTurn scripts: [[Step]]) throws {
    let sights = sights
    let asked = Mutex(0)
    let server = try TestServer { peer in
      guard let request = peer.readRequest() else { return }
      let turn = asked.withLock { count in
        defer { count += 1 }
        return count
      }
      sights(.request(request))
      for step in scripts[min(turn, scripts.count - 1)] {
        switch step {
        case .send(let bytes): peer.send(bytes)
        case .wait(let turnstile): turnstile.wait()
        case .hold: if peer.waitForClose() { sights(.closedByClient) }
        case .repeatUntilClosed(let bytes): if peer.sendUntilClosed(bytes) { sights(.closedByClient) }
        }
      }
    }
    url = "\(server.url)/v1"
  }

  /// The next thing the server sees.
  package func next() async throws -> Sight { try await sights.next("anything to happen at the chat endpoint") }

  /// The request, as the next thing the server sees.
  package func request() async throws -> ReceivedRequest {
    guard case .request(let request) = try await next() else {
      throw TestFailure("the chat endpoint was left, where it should have been asked")
    }
    return request
  }
}

extension ChatServer.Step {
  /// Sends text.
  package static func send(_ text: String) -> Self { .send(Array(text.utf8)) }

  /// A response's head; the body ends with the connection.
  package static func head(_ status: String = "200 OK", type: String = "text/event-stream") -> Self {
    .send("HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nConnection: close\r\n\r\n")
  }

  /// A server-sent event.
  package static func event(_ data: String) -> Self { .send("data: \(data)\n\n") }

  /// An event that adds text to the answer.
  package static func word(_ text: String) -> Self { event(#"{"choices":[{"delta":{"content":"\#(text)"}}]}"#) }

  /// The event that says that the answer is complete.
  package static let finish = event(#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#)
  /// The event that ends the stream.
  package static let done = event("[DONE]")
}
