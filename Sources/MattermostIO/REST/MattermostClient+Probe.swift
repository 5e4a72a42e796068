package import Transport

/// What came of asking a server whether it is there.
package struct ServerProbe: Sendable {
  /// How far the question came, and what met it on the way.
  package let trace: ConnectionTrace
  /// Why the answer is not that of a healthy Mattermost; nil where it is.
  package let error: MattermostError?
  /// The server's version, such as `6.7.0`; empty if it is not told.
  package let version: String
  /// The time by the server's clock, in seconds since 1970 (UTC); nil if it is not told.
  package let date: Int?
}

extension MattermostClient {
  /// Asks once whether a server is there, without the token. `GET /system/ping`
  package func probe() async -> ServerProbe {
    let call = APIRequest.get("/system/ping")
    let place = MattermostError.Place.rest(method: call.method, route: call.route)
    let trace = await http.trace(
      HTTPRequest(
        call.method, address.api(call.path), headers: [("Accept", "application/json")], timeLimit: Limits.callTime,
        bodyBytesMax: Limits.answerBytesMax))
    switch trace.result {
    case .failure(let failure):
      return ServerProbe(
        trace: trace, error: MattermostError(failure, place, address: address), version: "", date: nil)
    case .success(let response):
      let answer = APIResponse(response: response, place: place, address: address)
      return ServerProbe(
        trace: trace, error: answer.error ?? Self.fault(in: answer), version: answer.version,
        date: response.headers.date)
    }
  }

  /// Why a good answer is not Mattermost's: any program says 200.
  private static func fault(in answer: APIResponse) -> MattermostError? {
    do throws(MattermostError) {
      return try answer.value(Ping.self).status.isEmpty ? answer.error(.notMattermost) : nil
    } catch {
      return error
    }
  }

  private struct Ping: Decodable {
    var status: String

    private enum Key: String, CodingKey { case status }

    init(from decoder: any Decoder) throws {
      status = try decoder.container(keyedBy: Key.self).text(.status)
    }
  }
}

extension APIResponse {
  /// The server's version, which any answer tells in `X-Version-Id`; empty if a proxy takes the header away.
  var version: String {
    (response.headers["X-Version-Id"] ?? "").split(separator: ".", omittingEmptySubsequences: false).prefix(3)
      .joined(separator: ".")
  }
}
