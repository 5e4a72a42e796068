import Core
import HTTPServing
import Logging

/// Refuses requests of other sites, and routes all others to the API, the WebSocket or the chat page.
struct RequestRouter: Sendable {
  private let api: APIRouter
  private let page: PageFiles
  private let host: String
  private let pageKey: PageKey
  private let state: SandboxState
  private let logger: Logger

  init(state: SandboxState, host: String, pageKey: String, logger: Logger) {
    self.state = state
    self.host = host
    self.pageKey = PageKey(key: pageKey)
    self.logger = logger
    api = APIRouter(state: state, logger: logger)
    page = PageFiles()
  }

  /// Answers a request. Every response has the time of the sandbox.
  func answer(_ request: HTTPServerRequest) async -> HTTPServerAction {
    switch await action(for: request) {
    case .respond(let response): return .respond(dated(response))
    case .openWebSocket(let service, let response): return .openWebSocket(service, otherwise: dated(response))
    case .hangUp: return .hangUp
    }
  }

  private func dated(_ response: HTTPServerResponse) -> HTTPServerResponse {
    var response = response
    response.headers.append(("Date", Timestamp(milliseconds: Int64(state.milliseconds)).httpDate))
    return response
  }

  private func action(for request: HTTPServerRequest) async -> HTTPServerAction {
    guard SameOriginPolicy.allows(request, at: host) else {
      logger.debug("refused a request of another site", metadata: ["path": "\(request.path)"])
      return .respond(
        HTTPServerResponse(status: 403, contentType: "text/plain; charset=utf-8", body: SameOriginPolicy.refusal))
    }
    if request.path == APIRouter.prefix + "websocket" { return await openSocket(request) }
    if request.path.hasPrefix(APIRouter.prefix) { return await api.answer(request) }
    if request.method == "POST", let response = await postResponse(request) { return .respond(response) }
    if request.method == "GET", let file = page.answer(request) { return .respond(file) }
    return .respond(HTTPServerResponse(noSuchCall: request.decodedPath))
  }

  /// Returns the response to a call of the page or of a webhook, or `nil` if it is neither.
  private func postResponse(_ request: HTTPServerRequest) async -> HTTPServerResponse? {
    if request.path.hasPrefix(WebhookEndpoint.prefix) { return await WebhookEndpoint(state: state).answer(request) }
    guard [PageSession.path, PageExplanation.path].contains(request.path) else { return nil }
    if let refusal = pageKey.refusal(of: request) { return refusal }
    return request.path == PageSession.path
      ? await PageSession(state: state).answer() : await PageExplanation(state: state).answer(request)
  }

  private func openSocket(_ request: HTTPServerRequest) async -> HTTPServerAction {
    let refusal = HTTPServerResponse(upgradeFailed: MattermostID.random())
    if await state.faults.isUpgradeBlocked { return .respond(refusal) }
    let parameters = request.parameters
    let socket = ClientSocket(
      state: state, logger: logger, user: await state.acceptedUser(token: request.bearerToken),
      resume: ClientSocket.Resume(
        connectionID: parameters["connection_id"], sequence: parameters["sequence_number"]))
    return .openWebSocket(
      WebSocketService(frameBytesMax: Limits.socketMessageBytesMax) { await socket.serve($0) }, otherwise: refusal)
  }
}

/// Refuses requests of other sites. Listening on loopback is not enough: pages of any site run in a browser on this
/// machine.
enum SameOriginPolicy {
  static let refusal = "The sandbox only answers programs and pages of this machine, at 127.0.0.1 or localhost.\n"

  /// Returns whether a request to the sandbox at `address` comes from its own page or from a program.
  ///
  /// A foreign name that resolves to 127.0.0.1 (DNS rebinding) is in `Host`. A foreign page is in `Origin`, which
  /// browsers send with every WebSocket and every request that is not a plain `GET` (RFC 6454).
  static func allows(_ request: HTTPServerRequest, at address: String) -> Bool {
    guard let host = request.header("Host")?.lowercased() else { return false }
    let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard [address, "127.0.0.1", "localhost"].contains(String(parts[0])) else { return false }
    guard parts.count == 1 || UInt16(parts[1]) != nil else { return false }
    guard let origin = request.header("Origin")?.lowercased() else { return true }
    return origin == "http://\(host)"
  }
}
