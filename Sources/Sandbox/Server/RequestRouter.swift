import FoundationEssentials
import HTTPServing
import Logging

/// Where every request comes in: turns other sites away, then leads to the API, the WebSocket or the page.
struct RequestRouter: Sendable {
  private let api: API
  private let page: PageFiles
  private let host: String
  private let pageKey: String
  private let world: SandboxState
  private let logger: Logger

  init(world: SandboxState, host: String, pageKey: String, logger: Logger) {
    self.world = world
    self.host = host
    self.pageKey = pageKey
    self.logger = logger
    api = API(world: world, logger: logger)
    page = PageFiles()
  }

  /// Decides what is done about a request; every answer has the sandbox's own time.
  func answer(_ request: HTTPServerRequest) async -> HTTPServerAction {
    switch await action(for: request) {
    case .respond(let response): return .respond(dated(response))
    case .openWebSocket(let service, let response): return .openWebSocket(service, otherwise: dated(response))
    case .hangUp: return .hangUp
    }
  }

  private func dated(_ response: HTTPServerResponse) -> HTTPServerResponse {
    var response = response
    let now = Date(timeIntervalSince1970: Double(world.milliseconds) / 1000)
    response.headers.append(("Date", HTTPDate.text(of: now)))
    return response
  }

  private func action(for request: HTTPServerRequest) async -> HTTPServerAction {
    guard SameOriginPolicy.allows(request, at: host) else {
      logger.debug("turned another site away", metadata: ["path": "\(request.path)"])
      return .respond(
        HTTPServerResponse(status: 403, contentType: "text/plain; charset=utf-8", body: SameOriginPolicy.refusal))
    }
    if request.path == API.prefix + "websocket" { return await openSocket(request) }
    if request.path.hasPrefix(API.prefix) { return await api.answer(request) }
    if request.method == "POST", request.path == PageSession.path {
      return .respond(PageSession(world: world, key: pageKey).answer(request))
    }
    if request.method == "GET", let file = page.answer(request) { return .respond(file) }
    return .respond(HTTPServerResponse(noSuchCall: request.decodedPath))
  }

  private func openSocket(_ request: HTTPServerRequest) async -> HTTPServerAction {
    let refusal = HTTPServerResponse(upgradeFailed: MattermostID.random())
    if await world.faults.isUpgradeEaten { return .respond(refusal) }
    let parameters = request.parameters
    let socket = EventSocket(
      world: world, logger: logger, user: await world.acceptedUser(token: request.bearerToken),
      resume: EventSocket.Resume(
        connectionID: parameters["connection_id"], sequence: parameters["sequence_number"]))
    return .openWebSocket(
      WebSocketService(frameBytesMax: Limits.socketMessageBytesMax) { await socket.serve($0) }, otherwise: refusal)
  }
}
