import Foundation
import Synchronization
import TestSupport

/// The server's end of the event socket. Frames are numbered in the order in which they are sent.
final class EventSocket: Sendable {
  private let peer: Peer
  private let sequence = Mutex(1)

  /// Sends the `hello` frame.
  init(_ peer: Peer, hello: String) {
    self.peer = peer
    // A bot without pings of its own is silent for long.
    var forever = timeval()
    setsockopt(peer.socket, SOL_SOCKET, SO_RCVTIMEO, &forever, socklen_t(MemoryLayout<timeval>.size))
    peer.send(SocketFrame.text(hello))
  }

  /// Sends a frame with the next number.
  func send(_ frame: (_ sequence: Int) -> String) {
    sequence.withLock { sequence in
      peer.send(SocketFrame.text(frame(sequence)).bytes)
      sequence += 1
    }
  }

  /// Makes the bytes of frames with the next numbers, to send them with `flood`. No other frame may be sent in between.
  func bytes(of count: Int, _ frame: (_ index: Int, _ sequence: Int) -> String) -> [UInt8] {
    sequence.withLock { sequence in
      defer { sequence += count }
      return (0..<count).flatMap { SocketFrame.text(frame($0, sequence + $0)).bytes }
    }
  }

  /// Sends bytes as fast as they are read, which may take long.
  func flood(_ bytes: [UInt8]) {
    // A pong in the middle of a frame would break it.
    sequence.withLock { _ in _ = peer.send(bytes, onStall: {}) }
  }

  /// Answers pings until the client closes the connection.
  func answerPings() {
    while let frame = peer.readFrame() {
      switch frame.opcode {
      case 8: return
      case 9: sequence.withLock { _ in peer.send(SocketFrame(opcode: 10, payload: frame.payload)) }
      case 1: answer(String(decoding: frame.payload, as: UTF8.self))
      default: break
      }
    }
  }

  private func answer(_ text: String) {
    guard text.contains(#""ping""#), let number = text.split(separator: "\"seq\":").dropFirst().first else { return }
    let reply = #"{"status":"OK","data":{"text":"pong"},"seq_reply":\#(number.prefix { $0.isNumber })}"#
    sequence.withLock { _ in peer.send(SocketFrame.text(reply)) }
  }
}
