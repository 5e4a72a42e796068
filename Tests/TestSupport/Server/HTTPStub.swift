package import HTTPServing

/// An HTTP server on loopback with a handler of the test.
package struct HTTPStub: Sendable {
  /// The address without a path.
  package let url: String
  private let server: HTTPServer

  /// Starts a server.
  package static func start(
    _ answer: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerAction
  ) async throws -> HTTPStub {
    // A test that waits for an answer longer than this has failed.
    let time = Duration.seconds(Peer.patience)
    let bounds = HTTPServerLimits(
      connectionsMax: 1_000, headBytesMax: 64 * 1024, bodyBytesMax: 16 * 1024 * 1024, requestTime: time,
      answerTime: time)
    return HTTPStub(
      try await HTTPServer.start(host: "127.0.0.1", port: 0, limits: bounds, logger: .silent, answer: answer))
  }

  private init(_ server: HTTPServer) {
    self.server = server
    url = "http://127.0.0.1:\(server.port)"
  }

  package func stop() async { await server.stop() }
}

extension HTTPServerResponse {
  package init(_ status: Int, _ text: String = "") { self.init(status: status, body: Array(text.utf8)) }
}

extension WebSocketService {
  /// Sends texts and answers pings until the client disconnects.
  package static func sending(_ texts: AsyncStream<String>) -> WebSocketService {
    WebSocketService(frameBytesMax: 1024 * 1024) { connection in
      await withTaskGroup { group in
        group.addTask {
          for await text in texts {
            guard (try? await connection.send(WebSocketFrame(.text, Array(text.utf8)))) != nil else { return }
          }
        }
        await answerControlFrames(of: connection)
        group.cancelAll()
      }
    }
  }

  private static func answerControlFrames(of connection: WebSocketConnection) async {
    do {
      for try await frame in connection.frames {
        switch frame.opcode {
        case .ping: try await connection.send(WebSocketFrame(.pong, frame.payload))
        case .close: return try await connection.send(frame)
        case .continuation, .text, .binary, .pong: break
        }
      }
    } catch {
      // The connection broke: the end of it as well.
    }
  }
}
