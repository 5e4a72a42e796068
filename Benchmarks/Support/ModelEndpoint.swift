import Foundation
import Synchronization
import TestSupport

/// An OpenAI-compatible endpoint that takes a while, and then streams an answer in pieces, each in a write of its own.
package final class ModelEndpoint: Sendable {
  /// The address for `base_url`.
  package let url: String
  private let asked: Arrivals

  /// The moment at which each question arrived.
  private final class Arrivals: Sendable {
    let moments = Mutex<[Int: ContinuousClock.Instant]>([:])
  }

  /// - Parameters:
  ///   - thinking: the time before the first piece. There is none between pieces: each would wake the gateway, whatever
  ///     it does.
  ///   - pieces: the number of pieces, of which the last is the question.
  package init(thinking: Duration, pieces: Int) throws {
    let asked = Arrivals()
    self.asked = asked
    url =
      try TestServer { peer in
        var connection = HTTPConnection(peer)
        while let request = connection.nextRequest() {
          guard let number = Question.number(in: String(decoding: request.body, as: UTF8.self)) else {
            peer.respond("400 Bad Request")
            continue
          }
          asked.moments.withLock { $0[number] = request.arrival }
          usleep(UInt32(thinking / .microseconds(1)))
          Self.stream(Question.text(number), in: pieces, to: peer)
        }
      }.url + "/v1"
  }

  package func arrival(of question: Int) -> ContinuousClock.Instant? { asked.moments.withLock { $0[question] } }

  /// Streams words and the text, so that its post can be recognised.
  private static func stream(_ text: String, in pieces: Int, to peer: Peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    for piece in 1..<pieces {
      send(#"{"choices":[{"delta":{"content":"word \#(piece) "}}]}"#, to: peer)
    }
    send(#"{"choices":[{"delta":{"content":"\#(text)"}}]}"#, to: peer)
    send(#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, to: peer)
    send("[DONE]", to: peer)
    peer.send("0\r\n\r\n")
  }

  /// Sends an event as a chunk.
  private static func send(_ data: String, to peer: Peer) {
    let event = "data: \(data)\n\n"
    peer.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
  }
}
