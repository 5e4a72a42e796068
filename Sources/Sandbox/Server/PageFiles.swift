import HTTPServing

/// The files of the chat page, built into the program.
struct PageFiles: Sendable {
  private struct File: Sendable {
    let contentType: String
    let body: [UInt8]

    init(_ contentType: String, _ bytes: [UInt8]) {
      self.contentType = "\(contentType); charset=utf-8"
      body = bytes
    }
  }

  private let files: [String: File] = [
    "/": File("text/html", PackageResources.index_html),
    "/page.css": File("text/css", PackageResources.page_css),
    "/actions.js": File("text/javascript", PackageResources.actions_js),
    "/attachments.js": File("text/javascript", PackageResources.attachments_js),
    "/completion.js": File("text/javascript", PackageResources.completion_js),
    "/composer.js": File("text/javascript", PackageResources.composer_js),
    "/emoji.js": File("text/javascript", PackageResources.emoji_js),
    "/icons.js": File("text/javascript", PackageResources.icons_js),
    "/images.js": File("text/javascript", PackageResources.images_js),
    "/markdown.js": File("text/javascript", PackageResources.markdown_js),
    "/page.js": File("text/javascript", PackageResources.page_js),
    "/posts.js": File("text/javascript", PackageResources.posts_js),
    "/rows.js": File("text/javascript", PackageResources.rows_js),
    "/server.js": File("text/javascript", PackageResources.server_js),
    "/speakers.js": File("text/javascript", PackageResources.speakers_js),
    "/state.js": File("text/javascript", PackageResources.state_js),
    "/typing.js": File("text/javascript", PackageResources.typing_js),
    "/why.js": File("text/javascript", PackageResources.why_js),
  ]

  /// Returns the file that a request asks for, or `nil` if there is none.
  func answer(_ request: HTTPServerRequest) -> HTTPServerResponse? {
    guard let file = files[request.path], let host = request.header("Host") else { return nil }
    return HTTPServerResponse(
      status: 200,
      headers: [
        ("Content-Type", file.contentType), ("Cache-Control", "no-store"),
        ("Content-Security-Policy", Self.policy(host: host)), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
      ], body: file.body)
  }

  /// Allows only the files of the page and its server, so that injected content can neither run nor connect. `host` has
  /// passed `SameOriginPolicy`.
  private static func policy(host: String) -> String {
    [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src data: blob:",
      // In some browsers, 'self' does not include WebSockets.
      "connect-src 'self' ws://\(host)", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].joined(separator: "; ")
  }
}
