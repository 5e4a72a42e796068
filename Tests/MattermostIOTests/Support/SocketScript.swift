import Foundation
import Synchronization
import TestSupport

@testable import Transport

/// The steps of a scripted event socket, one for each connection. Further connections are refused.
final class SocketScript: Sendable {
  typealias Step = @Sendable (Peer) -> Void

  private let steps: Mutex<[Step]>
  private let seen = Mutex<[String]>([])

  /// Creates a script. Each step starts after the upgrade.
  init(_ steps: [Step]) { self.steps = Mutex(steps) }

  /// The heads of the upgrade requests.
  var heads: [String] { seen.withLock { $0 } }
  /// The targets of the upgrade requests: `/api/v4/websocket?…`.
  var targets: [String] { heads.map { String($0.split(separator: " ")[1]) } }

  func serve(_ peer: Peer) {
    let head = peer.readHead()
    seen.withLock { $0.append(head) }
    guard let step = steps.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
      peer.respond("503 Over", headers: ["Connection: close"])
      return
    }
    peer.send(Peer.acceptance(of: head, proof: UpgradeRequest.accept))
    step(peer)
    // Closing a socket with unread data resets the connection, and discards sent data.
    shutdown(peer.socket, Int32(SHUT_WR))
    peer.ignore()
  }
}

extension Peer {
  /// Sends text frames.
  func say(_ frames: String...) {
    for frame in frames { send(SocketFrame.text(frame)) }
  }

  /// Discards everything that the client sends until it closes, without answering pings.
  func ignore() {
    while let frame = readFrame() {
      if frame.opcode == 8 { send(.close(1000)) }
    }
  }
}

func hello(_ connection: String, sequence: Int = 0) -> String {
  #"{"event":"hello","data":{"connection_id":"\#(connection)","server_version":"6.7.0.x"},"seq":\#(sequence)}"#
}

func posted(_ id: String, sequence: Int) -> String {
  framed(post: #"{"id":"\#(id)","user_id":"u","channel_id":"c","message":"m"}"#, sequence: sequence)
}
