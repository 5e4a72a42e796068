import Core
import MattermostIO
import TestSupport
import Testing
import Transport

struct MattermostErrorTests {
  private func error(_ script: Script, clock: Sleepless = Sleepless()) async throws -> MattermostError {
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url, clock: clock)
    return try await #require(throws: MattermostError.self) {
      try await client.createPost(in: "c", message: "m", pendingPostID: "p")
    }
  }

  @Test(
    arguments: [
      ("unauthorized", MattermostError.Code.unauthorized, 401, "api.context.session_expired.app_error"),
      ("unauthorized_bot_disabled", .unauthorized, 401, "api.context.session_expired.app_error"),
      ("unauthorized_post", .unauthorized, 401, "api.context.session_expired.app_error"),
      ("unauthorized_revoked_token", .unauthorized, 401, "api.context.session_expired.app_error"),
      ("post_bot_disabled", .unauthorized, 401, "api.context.session_expired.app_error"),
      ("forbidden_channel", .forbidden, 403, "api.context.permissions.app_error"),
      ("post_unknown_channel", .forbidden, 403, "api.context.permissions.app_error"),
      ("post_ephemeral", .forbidden, 403, "api.context.permissions.app_error"),
      ("user_missing", .notFound, 404, "app.user.get_by_username.app_error"),
      ("not_found_route", .notFound, 404, "api.context.404.app_error"),
      ("bad_json", .rejected, 400, "api.context.invalid_body_param.app_error"),
      ("post_too_long", .rejected, 400, "model.post.is_valid.msg.app_error"),
      ("post_bad_root", .rejected, 400, "api.post.create_post.root_id.app_error"),
      ("post_archived_channel", .rejected, 400, "api.post.create_post.can_not_post_to_deleted.error"),
      ("rate_limited", .tooManyRequests, 429, ""),
    ])
  func `the code of an error follows from the status, and its id and request id from the body`(
    name: String, code: MattermostError.Code, status: Int, id: String
  ) async throws {
    let exchange = try Recording(name)
    let error = try await error(Script([exchange.answer]))
    #expect(error.code == code)
    #expect(error.status == status)
    #expect(error.serverID == id)
    #expect(error.requestID == exchange.headers["x-request-id"] ?? "")
    #expect(!error.description.contains("TOKEN_BOT"))
  }

  @Test(
    arguments: ["No required SSL certificate was sent", "The SSL certificate error"])
  func `nginx's page about a client certificate is an error of the client certificate`(words: String) async throws {
    let page = "<html><head><title>400 \(words)</title></head><body><center>\(words)</center></body></html>"
    let error = try await error(Script([{ $0.respond("400 Bad Request", body: page) }]))
    #expect(error.transport?.code == .clientCertificate)
    #expect(error.remedy.hasPrefix("Set EDGECRAB_CLIENT_CERT and EDGECRAB_CLIENT_KEY"))
  }

  @Test func `a server's message becomes a single line of limited length`() async throws {
    let words = #"a\u001b[31m\nb"# + String(repeating: "\u{301}", count: 5_000)
    let script = Script([{ $0.respond("403 Forbidden", body: #"{"id":"i","message":"\#(words)"}"#) }])
    let error = try await error(script)
    #expect(error.serverMessage.unicodeScalars.starts(with: "a [31m b".unicodeScalars))
    #expect(error.serverMessage.unicodeScalars.count == 200)
  }

  @Test(
    arguments: [
      ("200 OK", "<html>Welcome</html>", MattermostError.Code.notMattermost),
      ("200 OK", #"{"id":"#, .notMattermost),
      ("200 OK", "{}", .notMattermost),
      ("200 OK", "[]", .notMattermost),
      ("200 OK", "7", .notMattermost),
      ("200 OK", "\u{0}\u{1}", .notMattermost),
      ("200 OK", "", .emptyAnswer),
      ("204 No Content", "", .emptyAnswer),
      ("200 OK", " \r\n", .emptyAnswer),
      ("401 Unauthorized", "<html>Log in</html>", .loginRequired),
      ("403 Forbidden", "<html>No</html>", .forbidden),
      ("404 Not Found", "<html>Where?</html>", .notFound),
      ("502 Bad Gateway", "<html>nginx</html>", .serverFailed),
      ("301 Moved Permanently", "", .redirected),
      ("418 I'm a teapot", "short and stout", .rejected),
    ])
  func `a response that is not Mattermost's is an error with a code of its own`(
    status: String, body: String, code: MattermostError.Code
  ) async throws {
    let script = Script([{ $0.respond(status, headers: ["Connection: close"], body: body) }])
    #expect(try await error(script).code == code)
  }

  @Test func `a redirect is an error that names its target, and is not followed`() async throws {
    let script = Script([{ $0.respond("308 Permanent Redirect", headers: ["Location: https://elsewhere/x"]) }])
    let error = try await error(script)
    #expect(error.code == .redirected)
    #expect(error.description.contains("https://elsewhere/x"))
    #expect(script.requests.count == 1)
  }

  @Test
  func `a request that is refused for the rate is sent again after the time that the server asks for`() async throws {
    let clock = Sleepless()
    let script = Script([
      try Recording("rate_limited").answer,
      { $0.respond("429 Slow", headers: ["X-Ratelimit-Reset: 3, 3", "Connection: close"]) },
      try Recording("post_created").answer,
    ])
    let server = try TestServer(script.serve)
    _ = try await MattermostClient.test(server.url, clock: clock)
      .createPost(in: "c", message: "m", pendingPostID: "p")
    #expect(clock.slept == [.seconds(1), .seconds(3)])
    #expect(script.requests.count == 3)
    #expect(Set(script.requests.map(\.body)).count == 1)
  }

  @Test func `a request fails if the server asks to wait too long`() async throws {
    let script = Script([{ $0.respond("429 Slow", headers: ["Retry-After: 3600"]) }])
    let error = try await error(script)
    #expect(error.retryAfter == .seconds(3_600))
    #expect(script.requests.count == 1)
  }

  @Test func `a request is sent up to four times if the server or the connection fails`() async throws {
    let clock = Sleepless()
    let script = Script([
      { $0.respond("503 Busy", headers: ["Connection: close"]) },
      { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{") },
      { _ in },
      try Recording("users_me").answer,
    ])
    let server = try TestServer(script.serve)
    #expect(try await MattermostClient.test(server.url, clock: clock).me().username == "edgecrab")
    #expect(clock.slept == [.milliseconds(250), .milliseconds(500), .seconds(1)])

    let failing = Script([{ $0.respond("500 Oops", headers: ["Connection: close"]) }])
    let failingServer = try TestServer(failing.serve)
    let error = try await #require(throws: MattermostError.self) {
      try await MattermostClient.test(failingServer.url).me()
    }
    #expect(error.code == .serverFailed)
    #expect(failing.requests.count == 4)
  }

  @Test(
    arguments: ["500 Oops", "503 Busy", "200 OK", "408 Request Timeout"])
  func `creating a post is not repeated if the server may have processed it`(status: String) async throws {
    let script = Script([{ $0.respond(status, headers: ["Connection: close"]) }])
    #expect(try await error(script).mayHaveSucceeded)
    #expect(script.requests.count == 1)
  }

  @Test func `a request is not repeated if the token is not accepted`() async throws {
    let refused = Script([try Recording("unauthorized").answer])
    _ = try await error(refused)
    #expect(refused.requests.count == 1)
  }

  @Test func `an error says why the server could not be reached`() async throws {
    let port = try TestServer.closedPort()
    let refused = try await #require(throws: MattermostError.self) {
      try await MattermostClient.test("http://127.0.0.1:\(port)").me()
    }
    #expect(refused.code == .transport)
    #expect(refused.transport?.code == .connectionRefused)
    #expect(refused.description.contains("Nothing listens at http://127.0.0.1:\(port)"))

    let plain = try TestServer { peer in
      _ = peer.read()
      peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
    }
    let noTLS = try await #require(throws: MattermostError.self) {
      try await MattermostClient.test("https://127.0.0.1:\(plain.port)").me()
    }
    #expect(noTLS.transport?.code == .tlsFailed)
  }

  @Test func `a request ends without another attempt when its task is cancelled`() async throws {
    let asked = AsyncQueue<Void>()
    let server = try TestServer { peer in
      peer.readHead()
      asked(())
      _ = peer.waitForClose()
    }
    let client = try MattermostClient.test(server.url)
    let call = Task { try await client.me() }
    _ = await asked.next()
    call.cancel()
    let error = try await #require(throws: MattermostError.self) { try await call.value }
    #expect(error.transport?.code == .cancelled)
  }
}
