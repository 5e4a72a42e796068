extension SandboxServer {
  /// Misbehaves: at once, or with what comes next.
  package func misbehave(_ fault: Fault) async { await world.misbehave(fault) }

  /// How many calls by the bot were carried out at once, at most.
  package var mostCallsAtOnce: Int { get async { await world.mostCallsAtOnce } }

  /// Stops without a close frame, and starts again at the same address with the same posts and without memory.
  ///
  /// - Parameter meanwhile: runs while nobody listens.
  /// - Returns: the sandbox that answers now.
  package func restarted(meanwhile: () async throws(SandboxError) -> Void = {}) async throws(SandboxError)
    -> SandboxServer
  {
    await stop()
    await world.forget()
    try await meanwhile()
    return try await start(again: world)
  }
}
