extension AsyncThrowingStream where Element == ResponsePart, Failure == any Error {
  /// The answer of the agent `name`, which `work` gives part by part. Ending its consumer cancels the work, and what the
  /// work throws becomes an `AgentFailure`.
  static func answer(
    of name: String, _ work: @escaping @Sendable (Continuation) async throws -> Void
  ) -> Self {
    Self { (parts: Continuation) in
      let task = Task {
        do {
          try await work(parts)
          parts.finish()
        } catch let failure as AgentFailure {
          parts.finish(throwing: failure)
        } catch {
          parts.finish(throwing: AgentFailure(.other, agent: name, detail: "\(type(of: error))"))
        }
      }
      parts.onTermination = { _ in task.cancel() }
    }
  }
}

extension AsyncThrowingStream<ResponsePart, any Error>.Continuation {
  /// Ends the answer, and with it the work behind it, with a failure: after a while, unless the task is cancelled before.
  func fail(_ failure: AgentFailure, after limit: Duration) -> Task<Void, any Error> {
    Task {
      try await Task.sleep(for: limit)
      finish(throwing: failure)
    }
  }
}
