import FoundationEssentials
import HTTPServing
import Logging

/// Mattermost's REST API, version 4, in part.
struct API: Sendable {
  static let prefix = "/api/v4/"

  let world: SandboxState
  let logger: Logger

  func answer(_ request: HTTPServerRequest) async -> HTTPServerAction {
    let path = request.decodedPath.dropFirst(Self.prefix.count).split(separator: "/")
      .map(String.init)
    for route in Route.all where route.method.rawValue == request.method {
      guard let values = route.values(in: path) else { continue }
      let requestID = MattermostID.random()
      let action = await answer(request, with: route, values, requestID)
      logger.debug(
        "answered a call",
        metadata: [
          "method": "\(request.method)", "route": "\(route.pattern.joined(separator: "/"))",
          "status": "\(action.status)", "request_id": "\(requestID)",
        ])
      return action
    }
    return .respond(HTTPServerResponse(noSuchCall: request.decodedPath))
  }

  private func answer(
    _ request: HTTPServerRequest, with route: Route, _ values: [String: String], _ requestID: String
  ) async -> HTTPServerAction {
    do throws(AppError) {
      let user: User
      if let known = await world.acceptedUser(token: request.bearerToken) {
        user = known
      } else if route.needsUser {
        throw .unauthorized
      } else {
        user = Self.nobody
      }
      let call = Call(user: user, path: values, query: request.parameters, body: Data(request.body))
      return try await carryOut(call, route, requestID)
    } catch {
      return .respond(HTTPServerResponse(error, requestID: requestID))
    }
  }

  /// Who calls what needs no user.
  private static let nobody = User(id: "", username: "", firstName: "", isBot: false, createAt: 0)
}

extension HTTPServerAction {
  /// The status that a client sees, or `none`.
  fileprivate var status: String {
    guard case .respond(let response) = self else { return "none" }
    return "\(response.status)"
  }
}
