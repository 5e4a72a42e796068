import AgentSessions

extension AsyncThrowingStream<ResponsePart, any Error> {
  /// All parts but mere signs: how many of those there are depends on how the network cuts what is sent.
  func said() async throws -> [ResponsePart] {
    try await reduce(into: []) { if $1 != .alive { $0.append($1) } }
  }
}

extension AsyncThrowingStream<ResponsePart, any Error>.Iterator {
  /// The next part that is more than a sign.
  mutating func nextSaid(isolation: isolated (any Actor)? = #isolation) async throws -> ResponsePart? {
    while let part = try await next(isolation: isolation) {
      if part != .alive { return part }
    }
    return nil
  }
}
