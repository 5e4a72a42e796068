import Sandbox

/// A fault of the server, or of the network before it.
enum ServerFault: Sendable, Equatable {
  case fault(Fault)
  /// The server restarts: its sockets close, and its memory is lost.
  case restart

  /// True if calls fail that a gateway may need to read posts and authors.
  var failsCalls: Bool {
    switch self {
    case .restart: true
    case .fault(.calls(let fault, _)): if case .slow = fault { false } else { true }
    case .fault: false
    }
  }

  /// Returns any of them.
  static func random(using random: inout some RandomNumberGenerator) -> ServerFault {
    let count = Int.random(in: 1...4, using: &random)
    let codes: [UInt16] = [1000, 1001, 1008, 1011, 1012]
    let ofCalls: [CallFault] = [
      .throttled, .failing, .slow(.milliseconds(300)), .page(status: 200), .page(status: 502), .unanswered,
    ]
    let choices: [ServerFault] =
      [
        .restart, .fault(.amnesia), .fault(.drop), .fault(.halfOpen), .fault(.hugeFrame(bytes: 10_000_000)),
        .fault(.hugeFrame(bytes: 17_000_000)),
      ] + FrameFault.allCases.map { .fault(.frames($0, count: count)) }
      + ofCalls.flatMap { [.fault(.calls($0, count: count)), .fault(.posting($0, count: count))] }
      + [.fault(.close(codes.randomElement(using: &random) ?? 1000))]
    return choices.randomElement(using: &random) ?? .restart
  }
}

extension SandboxServer {
  /// Applies a fault, and returns the server that goes on.
  func apply(_ fault: ServerFault) async throws -> SandboxServer {
    switch fault {
    case .fault(let fault):
      await misbehave(fault)
      return self
    case .restart: return try await restarted()
    }
  }
}
