/// The answer to a command of the DevTools protocol.
struct DevToolsReply<Result: Decodable & Sendable>: Decodable, Sendable {
  struct Failure: Decodable, Sendable { let message: String }

  let result: Result?
  let error: Failure?
}

/// The result of `Runtime.evaluate`, by value.
struct Evaluation<Value: Decodable & Sendable>: Decodable, Sendable {
  struct Remote: Decodable, Sendable { let value: Value? }
  struct Exception: Decodable, Sendable { let description: String? }
  struct Details: Decodable, Sendable {
    let text: String
    let exception: Exception?
  }

  let result: Remote
  let exceptionDetails: Details?
}
