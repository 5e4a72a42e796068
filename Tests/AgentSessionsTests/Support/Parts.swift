import AgentSessions

extension AsyncThrowingStream<AgentPart, any Error> {
  /// All parts but mere signs: how many of those there are depends on how the network cuts what is sent.
  func said() async throws -> [AgentPart] {
    try await reduce(into: []) { if $1 != .alive { $0.append($1) } }
  }
}

extension AsyncThrowingStream<AgentPart, any Error>.Iterator {
  /// The next part that is more than a sign.
  mutating func nextSaid(isolation: isolated (any Actor)? = #isolation) async throws -> AgentPart? {
    while let part = try await next(isolation: isolation) {
      if part != .alive { return part }
    }
    return nil
  }
}
