import Foundation
import Synchronization
import TestSupport

/// Answers for a test server to give one after the other, the last one for ever; it keeps what was asked.
final class Script: Sendable {
  typealias Step = @Sendable (Peer) -> Void

  private let steps: Mutex<[Step]>
  private let seen = Mutex<[ReceivedRequest]>([])

  init(_ steps: [Step]) { self.steps = Mutex(steps) }

  var requests: [ReceivedRequest] { seen.withLock { $0 } }

  /// Takes a request and gives the next answer.
  func serve(_ peer: Peer) {
    guard let request = peer.readRequest() else { return }
    seen.withLock { $0.append(request) }
    let step = steps.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
    step?(peer)
  }
}

extension Recording {
  /// Gives the recorded answer.
  func answer(_ peer: Peer) {
    let headers = headers.filter { $0.key != "content-length" }.map { "\($0.key): \($0.value)" }
    peer.respond("\(status) Recorded", headers: headers + ["Connection: close"], body: body)
  }
}
