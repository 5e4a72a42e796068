import Synchronization

/// A chat endpoint on loopback with one script for every connection: real sockets, plain HTTP/1.1.
package struct ChatServer: Sendable {
  /// A step of a script.
  package enum Step: Sendable {
    /// Sends bytes.
    case send([UInt8])
    /// Waits for the gate.
    case wait(TestGate)
    /// Sends the bytes repeatedly until the client closes the connection.
    case repeatUntilClosed([UInt8])
    /// Waits until the client closes the connection.
    case hold
  }

  /// An observation of the server.
  package enum Observation: Sendable, Equatable {
    case request(ReceivedRequest)
    /// The client closed the connection.
    case closedByClient
  }

  /// The address for `base_url`.
  package let url: String
  private let sights = AsyncQueue<Observation>()

  /// Starts a server that runs `steps` for every connection.
  package init(_ steps: [Step]) throws { try self.init(inTurn: [steps]) }

  /// Starts a server that runs the first script for the first connection, and so on; the last one for all further
  /// connections.
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

  /// Waits for the next observation.
  package func next() async throws -> Observation { try await sights.next("anything to happen at the chat endpoint") }

  /// Waits for the next observation, which has to be a request.
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

  /// Sends the head of a response; the body ends with the connection.
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
