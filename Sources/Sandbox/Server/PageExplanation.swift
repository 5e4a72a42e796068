import Core
import HTTPServing

/// Tells the page why a post is answered or not.
struct PageExplanation: Sendable {
  static let path = "/page/why"

  let state: SandboxState

  func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    guard let id = request.parameters["post"], let post = await state.shownPost(id) else {
      return HTTPServerResponse(page: ["message": "This post does not exist any more."], status: 404)
    }
    let text = await state.explanation?(post) ?? Self.withoutGateway
    return HTTPServerResponse(page: ["text": .string(text)])
  }

  private static let withoutGateway = """
    This sandbox runs without a gateway of its own, so it does not know who decides
    its posts and how. To see decisions here, start it with
    edgecrab gateway start --sandbox --rules FILE
    """
}
