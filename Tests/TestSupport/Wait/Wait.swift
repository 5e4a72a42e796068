/// How long a test waits for what has to happen: long enough for a machine that is busy with other things.
package let patience = Duration.seconds(30)

/// Runs an operation with a deadline; nil if it does not end. The operation has to honour cancellation.
package func within<Value: Sendable>(
  _ limit: Duration = patience, _ operation: @escaping @Sendable () async -> Value?
) async -> Value? {
  await withTaskGroup(of: Value?.self) { group in
    group.addTask { await operation() }
    group.addTask {
      try? await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
}

/// Waits until something holds that nothing tells of, by looking again and again.
///
/// - Throws: `TestFailure` if it does not hold for a generous time: `what` did not happen. What `holds` throws.
package func wait(
  for what: @autoclosure () -> String, within limit: Duration = patience, until holds: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !holds() {
    guard ContinuousClock.now < end else { throw TestFailure("waited \(limit) in vain for \(what())") }
    try await Task.sleep(for: .milliseconds(2))
  }
}
