public import Logging
public import Transport
public import Vocabulary

/// Mattermost's REST API, version 4, as a bot uses it.
///
/// The token goes into the `Authorization` header and nowhere else. A call that failed for a passing reason is tried
/// again a few times.
public struct MattermostClient: Sendable {
  private let address: WebAddress
  private let token: Secret
  private let http: HTTPClient
  private let logger: Logger
  private let time: TimeAndChance
  private let policy = RetryPolicy()
  private let onUnauthorized: @Sendable () -> Void

  /// A client for a bot's token.
  ///
  /// - Parameter onUnauthorized: is called whenever the server does not accept the token.
  public init(
    address: WebAddress, token: Secret, http: HTTPClient, logger: Logger,
    onUnauthorized: @escaping @Sendable () -> Void = {}
  ) {
    self.init(
      address: address, token: token, http: http, logger: logger, time: .system, onUnauthorized: onUnauthorized)
  }

  init(
    address: WebAddress, token: Secret, http: HTTPClient, logger: Logger, time: TimeAndChance,
    onUnauthorized: @escaping @Sendable () -> Void = {}
  ) {
    self.address = address
    self.token = token
    self.http = http
    self.logger = logger
    self.time = time
    self.onUnauthorized = onUnauthorized
  }

  /// Carries out a call, again if need be, and gives the first good answer.
  func answer(to call: RestCall) async throws(MattermostError) -> Answer {
    let begin = time.now()
    var attempts = 0
    while true {
      attempts += 1
      do throws(MattermostError) {
        return try await attempt(call)
      } catch {
        let mayRepeat = call.repeatTime.map { time.now() - begin < $0 } ?? true
        guard mayRepeat, let delay = policy.delay(after: error, attempts: attempts, random: time.random())
        else { throw error }
        if let limit = call.repeatTime, time.now() - begin + delay >= limit { throw error }
        logger.debug(
          "trying again",
          metadata: [
            "call": "\(call.method) \(call.route)", "code": "\(error.code.rawValue)", "attempt": "\(attempts)",
            "delay": "\(delay)",
          ])
        do {
          try await time.sleep(delay)
        } catch _ {
          throw error
        }
      }
    }
  }

  private func attempt(_ call: RestCall) async throws(MattermostError) -> Answer {
    let place = MattermostError.Place.rest(method: call.method, route: call.route)
    var headers = [("Authorization", "Bearer \(token.exposed)"), ("Accept", "application/json")]
    if call.body != nil { headers.append(("Content-Type", "application/json")) }
    let request = HTTPRequest(
      call.method, address.api(call.path), headers: headers, body: call.body, timeLimit: Limits.callTime,
      bodyBytesMax: Limits.answerBytesMax)
    let response: HTTPResponse
    do {
      response = try await http.send(request)
    } catch {
      throw MattermostError(error, place, address: address)
    }
    let answer = Answer(response: response, place: place, address: address)
    if let error = answer.error {
      if error.code == .unauthorized { onUnauthorized() }
      throw error
    }
    return answer
  }

  /// Carries out a call and reads the answer.
  func value<Value: Decodable>(_ type: Value.Type, of call: RestCall) async throws(MattermostError) -> Value {
    try await answer(to: call).value(type)
  }
}
