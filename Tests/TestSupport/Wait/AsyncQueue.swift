/// What a server's script or a callback tells the test, one value after the other.
package struct AsyncQueue<Value: Sendable>: Sendable {
  private let stream: AsyncStream<Value>
  private let continuation: AsyncStream<Value>.Continuation

  package init() { (stream, continuation) = AsyncStream.makeStream() }

  /// Called by who has something to tell.
  package func callAsFunction(_ value: Value) { continuation.yield(value) }

  /// The next value, or nil if none comes for a generous time.
  package func next() async -> Value? {
    await within { [stream] in
      for await value in stream { return value }
      return nil
    }
  }

  /// The next value.
  ///
  /// - Throws: `TestFailure` if none comes for a generous time: `what` did not happen.
  package func next(_ what: String) async throws -> Value {
    guard let value = await next() else { throw TestFailure("waited \(patience) in vain for \(what)") }
    return value
  }
}
