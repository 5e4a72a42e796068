/// The parts of a response as they come. Throws an `AgentFailure`.
package typealias ResponseStream = AsyncThrowingStream<ResponsePart, any Error>

/// Answers messages of conversations: a model, a program or a service.
///
/// `AgentFactory` makes the agents that a rules file declares. Each is an `AgentRunner` around the `AgentBackend` of
/// its kind.
package protocol Agent: Sendable {
  /// True if the same request may be made twice without harm, for example after the gateway was killed: the agent does
  /// nothing but answer.
  var isIdempotent: Bool { get }

  /// The number of requests that it works on at once, or `nil` for no limit. Further requests wait.
  var concurrency: Int? { get }

  /// True if the answer can depend on earlier messages. Otherwise requests have neither history nor context.
  var readsHistory: Bool { get }

  /// Starts to work on a request.
  ///
  /// The stream finishes when the response is complete and throws an `AgentFailure` if it fails. Cancelling the
  /// consuming task, or dropping the stream, cancels the work at once: the HTTP request is closed, the program is asked
  /// to stop.
  func respond(to request: AgentRequest) -> ResponseStream

  /// Adds a message to the request that the agent is working on in the same conversation: the response is then to both.
  ///
  /// - Returns: `false` if the agent cannot take it now; the message then has to wait for its own turn.
  func steer(with message: AgentRequest) async -> Bool

  /// Returns the commands and settings that the agent last announced in a conversation, or `nil` if it has none.
  func controls(in conversation: String) async -> AgentControls?

  /// Changes a setting of the agent in a conversation.
  func select(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult
}

extension Agent {
  package var concurrency: Int? { nil }

  package var readsHistory: Bool { true }

  package func steer(with message: AgentRequest) async -> Bool { false }

  package func controls(in conversation: String) async -> AgentControls? { nil }

  package func select(
    _ id: String, for kind: AgentControls.Kind, in conversation: String
  ) async -> SelectionResult { .unsupported }
}

/// Implements one kind of agent. Limits, retries and time are the business of the `AgentRunner` around it.
protocol AgentBackend: Sendable {
  /// See `Agent.isIdempotent`. Only an idempotent backend is asked again after a failure.
  var isIdempotent: Bool { get }

  /// The number of further attempts after a temporary failure.
  var retries: Int { get }

  /// True if it blocks its thread, as starting a program does. Then it does not run on the thread of its caller.
  var mayBlock: Bool { get }

  /// The model that it asks, or `nil` if it is not known.
  var model: ModelReference? { get }

  /// Checks, for `edgecrab doctor`, whether the agent can be asked, without asking a model anything.
  ///
  /// - Returns: the result, or `nil` if nothing can be checked.
  func probe() async -> AgentProbeResult?

  /// Returns the models that it can be configured for, or `nil` if it is not at an endpoint.
  func models(within limit: Duration) async -> ModelListing?

  /// Works on a request until the response is complete. Ends soon after its task is cancelled, with all that it
  /// started.
  ///
  /// - Throws: `AgentFailure`; any other error becomes one with the code `.other`.
  func respond(to request: AgentRequest, into response: ResponseWriter) async throws

  /// See `Agent.steer(with:)`.
  func steer(with message: AgentRequest) async -> Bool

  /// See `Agent.controls(in:)`.
  func controls(in conversation: String) async -> AgentControls?

  /// See `Agent.select(_:for:in:)`.
  func select(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult
}

extension AgentBackend {
  var retries: Int { 0 }

  var mayBlock: Bool { true }

  var model: ModelReference? { nil }

  func models(within limit: Duration) async -> ModelListing? { nil }

  func steer(with message: AgentRequest) async -> Bool { false }

  func controls(in conversation: String) async -> AgentControls? { nil }

  func select(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult {
    .unsupported
  }
}
