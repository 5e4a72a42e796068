import Core
import Foundation
import Synchronization
import TestSupport
import Transport

@testable import MattermostIO

extension MattermostClient {
  static let testToken = "TOKEN_BOT"

  static func test(_ url: String, clock: any MonotonicClock = Sleepless()) throws -> MattermostClient {
    MattermostClient(
      address: try WebAddress(url), token: Secret(testToken), http: HTTPClient(logger: .silent), logger: .silent,
      clock: clock, random: FixedGenerator(0.5))
  }
}

/// The responses of a test server, in order; the last one is repeated. It records the requests.
final class Script: Sendable {
  typealias Step = @Sendable (Peer) -> Void

  private let steps: Mutex<[Step]>
  private let seen = Mutex<[ReceivedRequest]>([])

  init(_ steps: [Step]) { self.steps = Mutex(steps) }

  var requests: [ReceivedRequest] { seen.withLock { $0 } }

  /// Reads a request and sends the next response.
  func serve(_ peer: Peer) {
    guard let request = peer.readRequest() else { return }
    seen.withLock { $0.append(request) }
    let step = steps.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
    step?(peer)
  }
}

extension Recording {
  /// Sends the recorded response.
  func answer(_ peer: Peer) {
    let headers = headers.filter { $0.key != "content-length" }.map { "\($0.key): \($0.value)" }
    peer.respond("\(status) Recorded", headers: headers + ["Connection: close"], body: body)
  }
}

/// Returns a `posted` frame with the JSON of a post, for cases that no recording has.
func framed(post: String, sequence: Int = 5) -> String {
  let frame: [String: Any] = ["event": "posted", "seq": sequence, "data": ["post": post, "channel_type": "O"]]
  guard let json = try? JSONSerialization.data(withJSONObject: frame) else { return "" }
  return String(decoding: json, as: UTF8.self)
}
