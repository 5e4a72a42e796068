import Core
import MattermostIO

extension Doctor {
  /// Whether the event socket opens, and whether the server greets us on it. It is closed again at once.
  func socketChecks(_ address: WebAddress, _ token: Secret, isTokenGood: Bool) async -> [DoctorCheck] {
    let socket = EventSocket(address: address, token: token, certificate: patient.certificate, logger: logger)
    guard let error = await socket.failure() else {
      return [.good(.websocket, DoctorTexts.opened), .good(.greeting, DoctorTexts.greeted)]
    }
    switch error.code {
    case .noHello, .socketClosed, .socketSilent:
      // To a bad token the server opens the socket, and then says nothing.
      let greeting: DoctorCheck =
        isTokenGood
        ? .wrong(.greeting, error.summary, cure: [error.remedy]) : .unchecked(.greeting, DoctorTexts.noAccount)
      return [.good(.websocket, DoctorTexts.opened), greeting]
    default:
      return [
        .wrong(.websocket, DoctorTexts.refusedSocket(error), cure: DoctorTexts.socketCure(error)),
        .unchecked(.greeting, DoctorTexts.notReached),
      ]
    }
  }
}

extension EventSocket {
  /// Connects, and returns why the server did not greet us; nil if it did.
  fileprivate func failure() async -> MattermostError? {
    let (outcomes, outcome) = AsyncStream.makeStream(of: MattermostError?.self)
    let running = Task {
      await run { said in
        switch said {
        case .connected: outcome.yield(nil)
        case .lost(let error): outcome.yield(error)
        case .connecting, .gap, .event, .skipped, .waiting: break
        }
      }
    }
    let first = await outcomes.first { _ in true } ?? nil
    running.cancel()
    await running.value
    return first
  }
}
