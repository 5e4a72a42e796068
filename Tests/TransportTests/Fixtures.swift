import Logging
import TestSupport

@testable import Transport

extension HTTPClient {
  static let test = HTTPClient(logger: .silent)
}

extension Peer {
  static func acceptance(of head: String) -> String { acceptance(of: head, proof: UpgradeRequest.accept) }

  /// Accepts an upgrade request, with `extra` frames in the same packet, and returns the head of the request.
  @discardableResult func acceptWebSocket(then extra: [SocketFrame] = []) -> String {
    let head = readHead()
    send(Array(Self.acceptance(of: head).utf8) + extra.flatMap(\.bytes))
    return head
  }
}
