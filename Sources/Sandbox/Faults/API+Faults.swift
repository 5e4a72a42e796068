import FlyingFox

extension API {
  /// Carries a call out, and lets happen to it what is to go wrong.
  func carryOut(_ call: Call, _ route: Route, _ requestID: String) async throws(AppError) -> HTTPResponse {
    let fault = await world.takeFault(of: call.user, isPosting: route.makesPosts)
    switch fault {
    case .throttled: return .throttled
    case .failing: throw .failing
    case .page(let status): return .page(status: status)
    case nil, .slow, .unanswered: break
    }
    let answer = HTTPResponse(try await route.handle(call, world), requestID: requestID)
    if case .slow(let delay) = fault {
      // A sandbox that stops meanwhile answers at once.
      try? await Task.sleep(for: delay)
    }
    return fault == .unanswered ? .none : answer
  }
}
