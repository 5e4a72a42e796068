import FlyingFox
import FoundationEssentials
import Logging

/// Mattermost's REST API, version 4, in part.
struct API: Sendable {
  static let prefix = "/api/v4/"

  let world: SandboxWorld
  let logger: Logger

  func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let path = request.target.path(percentEncoded: false).dropFirst(Self.prefix.count).split(separator: "/")
      .map(String.init)
    for route in Route.all where route.method == request.method {
      guard let values = route.values(in: path) else { continue }
      let requestID = MattermostID.random()
      let response = await answer(request, with: route, values, requestID)
      logger.debug(
        "answered a call",
        metadata: [
          "method": "\(request.method.rawValue)", "route": "\(route.pattern.joined(separator: "/"))",
          "status": "\(response.statusCode.code)", "request_id": "\(requestID)",
        ])
      return response
    }
    return HTTPResponse(noSuchCall: request.path)
  }

  private func answer(
    _ request: HTTPRequest, with route: Route, _ values: [String: String], _ requestID: String
  ) async -> HTTPResponse {
    do throws(AppError) {
      // Read even where nobody asks for it: what is left of a body would be taken for the next request.
      let body = try await request.body()
      let user: User
      if let known = await world.acceptedUser(token: request.bearerToken) {
        user = known
      } else if route.needsUser {
        throw .unauthorized
      } else {
        user = Self.nobody
      }
      let call = Call(user: user, path: values, query: request.query, body: body)
      return try await carryOut(call, route, requestID)
    } catch {
      return HTTPResponse(error, requestID: requestID)
    }
  }

  /// Who calls what needs no user.
  private static let nobody = User(id: "", username: "", firstName: "", isBot: false, createAt: 0)
}

extension HTTPRequest {
  /// The token of the `Authorization` header.
  var bearerToken: String? {
    guard let value = headers[.authorization] else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) else { return nil }
    return String(parts[1])
  }

  /// The whole body. One that is too large is read to its end and thrown away.
  fileprivate func body() async throws(AppError) -> Data {
    var body = Data()
    var size = 0
    do {
      for try await chunk in bodySequence {
        size += chunk.count
        if size <= Limits.bodyBytesMax { body.append(chunk) }
      }
    } catch {
      // The connection is gone or the chunks are malformed; whoever sent them will hardly read the answer.
      throw .invalidBody("body")
    }
    guard size <= Limits.bodyBytesMax else { throw .bodyTooLarge }
    return body
  }
}
