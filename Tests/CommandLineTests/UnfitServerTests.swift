import HTTPServing
import TestSupport
import Testing

/// Servers that are not Mattermost, or whose proxy interferes: each has its own message, and the start exits with 1.
@Suite struct UnfitServerTests {
  /// Starts a gateway on a server, and returns its output before it exits with 1.
  private func refusal(of url: String) async throws -> String {
    let process = try EdgecrabProcess(
      ["gateway", "start"], environment: ["MATTERMOST_URL": url, "MATTERMOST_TOKEN": "sekrit-token"])
    let ended = try await process.ended()
    #expect(ended.status == 1)
    #expect(!process.said.contains("sekrit-token"))
    return ended.errors
  }

  @Test func `a server that refuses the bot and is not Mattermost is recognized`() async throws {
    try await withStub({ _ in HTTPServerResponse(403, "<h1>no</h1>") }) { url in
      let text = try await refusal(of: url)
      #expect(text.contains("(403)") && text.contains("check the proxy or firewall in front of it"), "\(text)")
    }
  }

  @Test func `an address without Mattermost is recognized`() async throws {
    try await withStub({ _ in HTTPServerResponse(404) }) { url in
      let text = try await refusal(of: url)
      #expect(text.contains("There is no Mattermost at \(url)") && text.contains("Check MATTERMOST_URL"), "\(text)")
    }
  }

  @Test func `a web page in place of JSON is recognized`() async throws {
    try await withStub({ _ in HTTPServerResponse(200, "<!doctype html><h1>Log in</h1>") }) { url in
      let text = try await refusal(of: url)
      #expect(text.contains("something that is not from Mattermost (200)"), "\(text)")
    }
  }

  @Test func `an empty answer is recognized`() async throws {
    try await withStub({ _ in HTTPServerResponse(200) }) { url in
      let text = try await refusal(of: url)
      #expect(text.contains("answered GET /users/me with nothing"), "\(text)")
    }
  }

  @Test func `a proxy that removes the Upgrade header is recognized, and posts are read over REST`() async throws {
    let server = try await RecordedServer.start(socket: .isEaten)
    let process = try EdgecrabProcess(
      ["gateway", "start"], environment: ["MATTERMOST_URL": server.address, "MATTERMOST_TOKEN": "sekrit-token"])
    try await process.says("polling for new posts")
    try await process.says("Connected.")
    process.terminate()
    let ended = try await process.ended()
    await server.stop()
    #expect(ended.status == 0 && !process.said.contains("sekrit-token"))
    #expect(ended.errors.contains("the Upgrade header never reached Mattermost"), "\(ended.errors)")
    #expect(ended.errors.contains("proxy_set_header Upgrade $http_upgrade"))
  }

  @Test func `a port that does not speak TLS is recognized`() async throws {
    try await withStub({ _ in HTTPServerResponse(200) }) { url in
      let text = try await refusal(of: url.replacing("http://", with: "https://"))
      #expect(text.contains("No TLS connection to https://127.0.0.1") && text.contains("http://"), "\(text)")
    }
  }

  @Test func `an untrusted certificate is recognized`() async throws {
    let server = try TLSServer { $0.waitForClose() }
    let url = "https://127.0.0.1:\(server.port)"
    let text = try await refusal(of: url)
    #expect(text.contains("The certificate of \(url) is not trusted") && text.contains("SSL_CERT_FILE"), "\(text)")
  }

  @Test(.timeLimit(.minutes(1)))
  func `the gateway waits for a server that does not answer, and stops cleanly when asked`()
    async throws
  {
    let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    let silence: @Sendable (HTTPServerRequest) async -> HTTPServerResponse = { _ in
      ask.yield()
      await waitForCancellation()
      return HTTPServerResponse(200)
    }
    try await withStub(silence) { url in
      let process = try EdgecrabProcess(
        ["gateway", "start"],
        environment: ["MATTERMOST_URL": url, "MATTERMOST_TOKEN": "sekrit-token", "MATTERMOST_ALLOWED_USERS": "*"])
      for await _ in asked { break }
      process.terminate()
      let ended = try await process.ended()
      #expect(ended.status == 0)
      #expect(ended.errors == "edgecrab: shutting down; a second signal exits at once\n")
    }
  }

  /// Runs `body` with the address of a server that answers everything with `answer`.
  private func withStub(
    _ answer: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerResponse, _ body: (String) async throws -> Void
  ) async throws {
    let server = try await HTTPStub.start { .respond(await answer($0)) }
    let result: Result<Void, any Error>
    do { result = .success(try await body(server.url)) } catch { result = .failure(error) }
    await server.stop()
    try result.get()
  }
}
