import FlyingFox
import FoundationEssentials
import Logging

/// Where every request comes in: turns other sites away, then leads to the API, the WebSocket or the page.
struct FrontDoor: HTTPHandler {
  private let api: API
  private let page: PageFiles
  private let host: String
  private let pageKey: String
  private let world: SandboxWorld
  private let logger: Logger

  init(world: SandboxWorld, host: String, pageKey: String, logger: Logger) {
    self.world = world
    self.host = host
    self.pageKey = pageKey
    self.logger = logger
    api = API(world: world, logger: logger)
    page = PageFiles()
  }

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    var response = try await answer(request)
    let now = Date(timeIntervalSince1970: Double(world.milliseconds) / 1000)
    response.headers[.date] = HTTPDate.text(of: now)
    return response
  }

  private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard SameSite.allows(request, at: host) else {
      logger.debug("turned another site away", metadata: ["path": "\(request.path)"])
      return HTTPResponse(status: 403, contentType: "text/plain; charset=utf-8", body: SameSite.refusal)
    }
    if request.path == API.prefix + "websocket" { return try await upgrade(request) }
    if request.path.hasPrefix(API.prefix) { return await api.answer(request) }
    if request.method == .POST, request.path == PageSession.path {
      return PageSession(world: world, key: pageKey).answer(request)
    }
    if request.method == .GET, let file = page.answer(request) { return file }
    return HTTPResponse(noSuchCall: request.path)
  }

  private func upgrade(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard await !world.faults.isUpgradeEaten else { return HTTPResponse(upgradeFailed: MattermostID.random()) }
    let socket = EventSocket(
      world: world, logger: logger, user: await world.acceptedUser(token: request.bearerToken),
      resume: EventSocket.Resume(
        connectionID: request.query["connection_id"], sequence: request.query["sequence_number"]))
    let response = try await WebSocketHTTPHandler(handler: socket).handleRequest(request)
    guard response.statusCode == .switchingProtocols else {
      return HTTPResponse(upgradeFailed: MattermostID.random())
    }
    return response
  }
}
