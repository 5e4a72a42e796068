import Core
import Transport

extension MattermostError {
  /// Why the event socket could not be opened.
  init(refusal: WebSocketError, address: WebAddress) {
    switch refusal {
    case .refused(let status, let headers, let body):
      let response = HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
      let answer = APIResponse(response: response, place: .socket, address: address)
      self = answer.error ?? answer.error(.notMattermost)
    case .badHandshake(let what):
      self.init(.notMattermost, .socket, address: address.text, status: 101)
      serverMessage = what
    case .transport(let failure):
      self.init(failure, .socket, address: address)
    case .closed, .messageTooLarge, .invalidUTF8:
      self.init(loss: refusal, address: address)
    }
  }

  /// Why an open event socket ended.
  init(loss: WebSocketError, address: WebAddress) {
    self.init(.socketClosed, .socket, address: address.text)
    switch loss {
    case .transport(let failure):
      transport = failure
      serverMessage = failure.detail
    case .closed(let code, let reason):
      let words = reason.singleLine(atMost: Limits.serverMessageScalarsMax)
      serverMessage = [code.map { "code \($0)" } ?? "", words].filter { !$0.isEmpty }.joined(separator: ", ")
    case .messageTooLarge: serverMessage = "a message was too large to take"
    case .invalidUTF8: serverMessage = "a message was not UTF-8"
    case .badHandshake(let what): serverMessage = what
    case .refused(let status, _, _): serverMessage = "status \(status)"
    }
  }
}
