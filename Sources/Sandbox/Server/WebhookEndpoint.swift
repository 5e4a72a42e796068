import FoundationEssentials
import HTTPServing

/// Answers the calls of incoming webhooks: `POST /hooks/{id}` with JSON, or with a form whose `payload` is JSON.
///
/// Unrecorded: the answers follow the published sources.
struct WebhookEndpoint: Sendable {
  static let prefix = "/hooks/"

  let state: SandboxState

  func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    let id = String(request.path.dropFirst(Self.prefix.count))
    do throws(AppError) {
      try await state.post(try payload(of: request), byWebhook: id)
    } catch {
      return HTTPServerResponse(error, requestID: MattermostID.random())
    }
    return HTTPServerResponse(status: 200, contentType: "text/plain", body: "ok")
  }

  private func payload(of request: HTTPServerRequest) throws(AppError) -> SandboxState.WebhookPayload {
    var body = Data(request.body)
    if request.header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true {
      body = Data((String(decoding: body, as: UTF8.self).formParameters["payload"] ?? "").utf8)
    }
    do {
      return try JSONDecoder().decode(SandboxState.WebhookPayload.self, from: body)
    } catch {
      throw .webhookUnreadable
    }
  }
}
