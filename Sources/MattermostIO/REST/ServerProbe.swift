package import Transport

/// The result of checking whether a Mattermost server responds.
package struct ServerProbe: Sendable {
  package let trace: ConnectionTrace
  /// The reason why the response is not that of a healthy Mattermost, or `nil`.
  package let error: MattermostError?
  /// The server's version, such as `6.7.0`; empty if unknown.
  package let version: String
  /// The time of the server's clock in seconds since 1970 (UTC), or `nil` if unknown.
  package let date: Int?
}

extension MattermostClient {
  /// Checks once whether the server responds, without the token. `GET /system/ping`
  package func probe() async -> ServerProbe {
    let request = APIRequest(.ping)
    let trace = await http.trace(
      HTTPRequest(
        request.endpoint.method, address.api(request.path), headers: [("Accept", "application/json")],
        timeLimit: Limits.callTime, bodyBytesMax: Limits.responseBytesMax))
    switch trace.result {
    case .failure(let failure):
      return ServerProbe(
        trace: trace, error: MattermostError(failure, .api(.ping), address: address), version: "", date: nil)
    case .success(let httpResponse):
      let response = APIResponse(response: httpResponse, operation: .api(.ping), address: address)
      return ServerProbe(
        trace: trace, error: response.error ?? Self.error(inPing: response), version: response.version,
        date: httpResponse.headers.date)
    }
  }

  /// Returns the error if a response of 2xx is not Mattermost's.
  private static func error(inPing response: APIResponse) -> MattermostError? {
    do throws(MattermostError) {
      return try response.decode(Ping.self).status.isEmpty ? response.error(.notMattermost) : nil
    } catch {
      return error
    }
  }

  /// Returns the server's version, such as `6.7.0`; empty if a proxy removes the header. `GET /system/ping`
  package func serverVersion() async throws(MattermostError) -> String {
    try await send(APIRequest(.ping)).version
  }

  /// Returns the number of Unicode scalars that a post may have, or `nil` if an old server does not report it.
  /// `GET /config/client`
  package func postScalarsMax() async throws(MattermostError) -> Int? {
    do throws(MattermostError) {
      let request = APIRequest(.clientConfiguration, query: ["format": "old"])
      let configuration = try await value(ClientConfiguration.self, of: request)
      return Int(configuration.maxPostSize).flatMap { $0 >= Limits.postScalarsMaxLeast ? $0 : nil }
    } catch {
      guard error.code == .notFound || error.code == .forbidden else { throw error }
      return nil
    }
  }

  private struct Ping: WireDecodable {
    var status: String

    init?(_ json: WireJSON) {
      guard json.isObject else { return nil }
      status = json["status"].text
    }
  }

  private struct ClientConfiguration: WireDecodable {
    var maxPostSize: String

    init?(_ json: WireJSON) {
      guard json.isObject else { return nil }
      maxPostSize = json["MaxPostSize"].text
    }
  }
}
