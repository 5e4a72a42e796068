/// A WebSocket frame as it goes over the wire (RFC 6455, section 5.2).
package struct SocketFrame: Sendable, Equatable {
  package var opcode: UInt8
  package var payload: [UInt8]
  package var isFinal: Bool
  package var reserved: UInt8
  package var mask: [UInt8]?

  package init(opcode: UInt8, payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, mask: [UInt8]? = nil) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
    self.reserved = reserved
    self.mask = mask
  }

  package static func text(_ text: String, final: Bool = true) -> SocketFrame {
    SocketFrame(opcode: 1, payload: Array(text.utf8), isFinal: final)
  }
  package static func close(_ code: UInt16?, _ reason: String = "") -> SocketFrame {
    SocketFrame(opcode: 8, payload: (code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + Array(reason.utf8))
  }
  package static func ping(_ text: String) -> SocketFrame { SocketFrame(opcode: 9, payload: Array(text.utf8)) }
  package static func pong(_ payload: [UInt8]) -> SocketFrame { SocketFrame(opcode: 10, payload: payload) }

  package var bytes: [UInt8] {
    var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
    let masked: UInt8 = mask == nil ? 0 : 0x80
    switch payload.count {
    case ..<126: bytes.append(masked | UInt8(payload.count))
    case ..<65536: bytes += [masked | 126] + (0..<2).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
    default: bytes += [masked | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
  }
}
