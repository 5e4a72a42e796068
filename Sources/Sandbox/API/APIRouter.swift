import FoundationEssentials
import HTTPServing
import Logging

/// Finds the route of a call of REST API v4 and answers the call.
struct APIRouter: Sendable {
  static let prefix = "/api/v4/"

  let state: SandboxState
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
      let user: Account
      if let known = await state.acceptedUser(token: request.bearerToken) {
        user = known
      } else if route.needsUser {
        throw .unauthorized
      } else {
        user = Self.anonymous
      }
      let call = APICall(user: user, path: values, query: request.parameters, body: Data(request.body))
      return try await carryOut(call, route, requestID)
    } catch {
      return .respond(HTTPServerResponse(error, requestID: requestID))
    }
  }

  /// The user of calls that need none.
  private static let anonymous = Account(id: "", username: "", firstName: "", isBot: false, createAt: 0)
}

extension HTTPServerAction {
  /// The status for the log, or `none` without an answer.
  fileprivate var status: String {
    guard case .respond(let response) = self else { return "none" }
    return "\(response.status)"
  }
}

extension APIRouter {
  /// Carries out a call, with its fault if it has one.
  func carryOut(_ call: APICall, _ route: Route, _ requestID: String) async throws(AppError) -> HTTPServerAction {
    guard state.isBot(call.user) else { return try await answer(call, route, requestID) }
    let (isTooMuch, delay) = await state.beginCall()
    // Cancelled if the sandbox stops: then it answers at once.
    if let delay { try? await Task.sleep(for: delay) }
    let outcome = await outcome(of: call, route, requestID, isTooMuch: isTooMuch)
    await state.endCall()
    return try outcome.get()
  }

  private func outcome(
    of call: APICall, _ route: Route, _ requestID: String, isTooMuch: Bool
  ) async -> Result<HTTPServerAction, AppError> {
    if isTooMuch, route.createsPosts { return .failure(call.isReply ? .badRoot : .channelInvalid) }
    if route.writesPosts, let status = await state.filterStatus(of: call.user, call.body) {
      return .success(.respond(.page(status: status)))
    }
    do throws(AppError) {
      return .success(try await answer(call, route, requestID))
    } catch {
      return .failure(error)
    }
  }

  private func answer(
    _ call: APICall, _ route: Route, _ requestID: String
  ) async throws(AppError) -> HTTPServerAction {
    let fault = await state.nextFault(of: call.user, isPosting: route.createsPosts)
    switch fault {
    case .throttled: return .respond(.throttled)
    case .failing: throw .failing
    case .page(let status): return .respond(.page(status: status))
    case nil, .slow, .unanswered: break
    }
    let answer = HTTPServerResponse(try await route.handle(call, state), requestID: requestID)
    if case .slow(let delay) = fault {
      // Cancelled if the sandbox stops: then it answers at once.
      try? await Task.sleep(for: delay)
    }
    return fault == .unanswered ? .hangUp : .respond(answer)
  }
}

extension APICall {
  /// True if it is a reply in a thread.
  fileprivate var isReply: Bool { (try? decoded(Reply.self, else: "post").root)?.isEmpty == false }

  private struct Reply: Decodable {
    let root: String?

    enum CodingKeys: String, CodingKey {
      case root = "root_id"
    }
  }
}
