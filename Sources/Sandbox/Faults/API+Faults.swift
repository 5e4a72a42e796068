import HTTPServing

extension API {
  /// Carries a call out, and lets happen to it what is to go wrong.
  func carryOut(_ call: Call, _ route: Route, _ requestID: String) async throws(AppError) -> HTTPServerAction {
    guard world.isBot(call.user) else { return try await carryOutInTime(call, route, requestID) }
    let (isTooMuch, delay) = await world.beginCall()
    // A sandbox that stops meanwhile answers at once.
    if let delay { try? await Task.sleep(for: delay) }
    let outcome = await outcome(of: call, route, requestID, isTooMuch: isTooMuch)
    await world.endCall()
    return try outcome.get()
  }

  private func outcome(
    of call: Call, _ route: Route, _ requestID: String, isTooMuch: Bool
  ) async -> Result<HTTPServerAction, AppError> {
    if isTooMuch, route.makesPosts { return .failure(call.isReply ? .badRoot : .channelInvalid) }
    if route.writesPosts, let status = await world.filterStatus(of: call.user, call.body) {
      return .success(.respond(.page(status: status)))
    }
    do throws(AppError) {
      return .success(try await carryOutInTime(call, route, requestID))
    } catch {
      return .failure(error)
    }
  }

  private func carryOutInTime(
    _ call: Call, _ route: Route, _ requestID: String
  ) async throws(AppError) -> HTTPServerAction {
    let fault = await world.takeFault(of: call.user, isPosting: route.makesPosts)
    switch fault {
    case .throttled: return .respond(.throttled)
    case .failing: throw .failing
    case .page(let status): return .respond(.page(status: status))
    case nil, .slow, .unanswered: break
    }
    let answer = HTTPServerResponse(try await route.handle(call, world), requestID: requestID)
    if case .slow(let delay) = fault {
      // A sandbox that stops meanwhile answers at once.
      try? await Task.sleep(for: delay)
    }
    return fault == .unanswered ? .hangUp : .respond(answer)
  }
}

extension Call {
  /// Whether it names the root of a thread to post in.
  fileprivate var isReply: Bool { (try? decoded(Reply.self, else: "post").root)?.isEmpty == false }

  private struct Reply: Decodable {
    let root: String?

    enum CodingKeys: String, CodingKey {
      case root = "root_id"
    }
  }
}
