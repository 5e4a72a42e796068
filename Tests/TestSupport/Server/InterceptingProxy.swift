import Foundation
import Synchronization

/// A proxy in front of a server with which a test intercepts calls. WebSockets pass.
package final class InterceptingProxy: Sendable {
  /// The handling of a call.
  package enum Intervention: Sendable {
    /// Forwards the call and its answer.
    case pass
    /// Answers without the server.
    case answer(String, headers: [String] = [], body: String = "")
    /// Forwards the call and drops its answer.
    case loseAnswer
    /// Waits for the gate, then forwards the call if the client is still connected.
    case hold(TestGate)
  }

  /// The address for `MATTERMOST_URL`.
  package let url: String
  private let seen: Seen

  private final class Seen: Sendable {
    let calls = Mutex<[ReceivedRequest]>([])
  }

  /// Starts a proxy in front of the server at `address`, which is on loopback. `intercept` also gets the number of
  /// earlier calls of the same method and path.
  package init(before address: String, _ intercept: @escaping @Sendable (ReceivedRequest, Int) -> Intervention) throws {
    let port = try LoopbackAddress(address).port
    let seen = Seen()
    self.seen = seen
    url = try TestServer { peer in
      guard let request = peer.readRequest() else { return }
      if request.headers["upgrade"] != nil { return peer.tunnel(request, to: port) }
      let before = seen.calls.withLock { calls in
        calls.append(request)
        return calls.count { $0.target == request.target } - 1
      }
      switch intercept(request, before) {
      case .pass: peer.send(peer.forward(request, to: port))
      case .answer(let status, let headers, let body):
        peer.respond(status, headers: headers + ["Connection: close"], body: body)
      case .loseAnswer: _ = peer.forward(request, to: port)
      case .hold(let turnstile):
        turnstile.wait()
        if !peer.isClosed { peer.send(peer.forward(request, to: port)) }
      }
    }.url
  }

  /// Returns the calls so far by method and beginning of the path (`POST /api/v4/posts`), in order.
  package func calls(_ target: String) -> [ReceivedRequest] {
    seen.calls.withLock { $0.filter { $0.target.hasPrefix(target) } }
  }
}

extension Peer {
  /// True if the client has closed the connection.
  fileprivate var isClosed: Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
  }

  fileprivate func forward(_ request: ReceivedRequest, to port: UInt16) -> [UInt8] {
    guard let server = Peer(connectedTo: port) else { return [] }
    defer { close(server.socket) }
    server.send(request.head.dropLast(1) + "Connection: close\r\n\r\n" + request.body)
    var answer: [UInt8] = []
    while let more = server.read(), !more.isEmpty { answer += more }
    return answer
  }

  fileprivate func tunnel(_ request: ReceivedRequest, to port: UInt16) {
    guard let server = Peer(connectedTo: port) else { return }
    server.send(request.head)
    let ended = TestGate()
    Thread.detachNewThread { [self] in
      pump(to: server)
      shutdown(server.socket, Int32(SHUT_RDWR))
      ended.open()
    }
    server.pump(to: self)
    shutdown(socket, Int32(SHUT_RDWR))
    ended.wait()
    close(server.socket)
  }

  /// Forwards bytes until either side closes. A timeout is not the end.
  private func pump(to other: Peer) {
    while true {
      guard let bytes = read() else { continue }
      if bytes.isEmpty || !other.send(bytes) { return }
    }
  }

  private init?(connectedTo port: UInt16) {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else {
      close(socket)
      return nil
    }
    self.init(socket)
  }
}
