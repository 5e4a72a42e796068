import Foundation
import HTTPServing
import TestSupport
import Testing

/// The doctor with servers that misbehave: each has a failing check of its own, with its remedy.
@Suite struct DoctorServerTests {
  private static let token = "sekrit-token"

  private func wrong(of url: String, _ more: [String: String] = [:]) async throws -> [Examination.Check] {
    try await Examination.checks(on: url, token: Self.token, [], more).filter { $0.state == "wrong" }
  }

  @Test func `an unknown host name fails at DNS`() async throws {
    let checks = try await Examination.checks(on: "https://chat.invalid", token: Self.token)
    #expect(checks.filter { $0.state == "wrong" }.map(\.id) == ["dns"])
    #expect(checks.filter { ["tcp", "tls", "rest", "token"].contains($0.id) }.allSatisfy { $0.state == "unchecked" })
  }

  @Test func `a port without a listener fails at TCP`() async throws {
    let wrong = try await wrong(of: "http://127.0.0.1:\(try TestServer.closedPort())")
    #expect(wrong.map(\.id) == ["tcp"])
    #expect(wrong.first?.remedy.first?.hasPrefix("Check the port in MATTERMOST_URL") == true)
  }

  @Test func `a port that does not speak TLS fails at TLS`() async throws {
    let server = try TestServer { peer in
      _ = peer.read()
      peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
    }
    let wrong = try await wrong(of: "https://127.0.0.1:\(server.port)")
    #expect(wrong.map(\.id) == ["tls"])
    #expect(wrong.first?.remedy.first?.contains("must begin with http://") == true)
  }

  @Test(.enabled(if: TLSServer.isAvailable, "needs /usr/bin/openssl"))
  func `an untrusted certificate fails at TLS, and one that SSL_CERT_FILE trusts does not`()
    async throws
  {
    let server = try TLSServer { $0.waitForClose() }
    let untrusted = try await wrong(of: "https://localhost:\(server.port)")
    #expect(untrusted.map(\.id) == ["tls"])
    #expect(untrusted.first?.remedy.first?.contains("set SSL_CERT_FILE") == true)
    let another = try TLSServer { $0.waitForClose() }
    let overruled = try await wrong(
      of: "https://localhost:\(another.port)",
      ["SSL_CERT_FILE": another.certificateFile, "CURL_CA_BUNDLE": server.certificateFile])
    #expect(overruled.map(\.id) == ["tls"])
    #expect(overruled.first?.remedy.last?.contains("certificates from CURL_CA_BUNDLE") == true)
    let trusted = try TLSServer { peer in
      peer.readHead()
      peer.respond("200 OK", body: "<h1>Log in</h1>")
    }
    let checks = try await Examination.checks(
      on: "https://localhost:\(trusted.port)", token: Self.token, [], ["SSL_CERT_FILE": trusted.certificateFile])
    let tls = checks.filter { $0.id == "tls" }
    #expect(tls.map(\.state) == ["good", "wrong"], "the test's certificate is good for a day only")
    #expect(tls.first?.text.hasPrefix("the certificate is valid until 20") == true)
    #expect(tls.first?.text.hasSuffix(", by SSL_CERT_FILE") == true)
    #expect(tls.last?.text.hasPrefix("the server's certificate expires in 2") == true)
    #expect(checks.first { $0.id == "rest" }?.state == "wrong")
  }

  @Test func `a login page fails at REST`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.respond("200 OK", headers: ["Content-Type: text/html"], body: "<!doctype html><h1>Log in</h1>")
    }
    let wrong = try await wrong(of: server.url)
    #expect(wrong.map(\.id) == ["rest"])
    #expect(wrong.first?.remedy.first?.contains("a login's or another program's page") == true)
  }

  @Test func `a failing proxy is found first, with the name of its variable`() async throws {
    let proxy = try TestServer { peer in
      peer.readHead()
      peer.respond("403 Forbidden")
    }
    let checks = try await Examination.checks(
      on: "https://chat.invalid", token: Self.token, [], ["https_proxy": "http://user:pa55@127.0.0.1:\(proxy.port)"])
    #expect(checks.filter { $0.state == "wrong" }.map(\.id) == ["proxy"])
    #expect(!checks.contains { $0.text.contains("pa55") })
  }

  @Test func `a proxy in use is shown with the name of its variable`() async throws {
    let proxy = try TestServer { peer in
      peer.readHead()
      peer.respond("200 OK", body: #"{"status":"OK"}"#)
    }
    let address = "http://127.0.0.1:\(proxy.port)"
    let used = try await Examination.checks(
      on: "http://chat.invalid", token: Self.token, [], ["http_proxy": address])
    #expect(used.first { $0.id == "proxy" }?.text == "used, because http_proxy is set")
    let avoided = try await Examination.checks(
      on: "http://chat.invalid", token: Self.token, [], ["http_proxy": address, "no_proxy": "chat.invalid"])
    #expect(avoided.first { $0.id == "proxy" }?.text == "none: the connection is direct")
    #expect(avoided.first { $0.id == "dns" }?.state == "wrong")
  }

  @Test func `the event socket uses a tunnel through the proxy, which never sees the token`() async throws {
    let lines = AsyncQueue<String>()
    let answers = try [
      "/api/v4/users/me": Recording("users_me").body, "/api/v4/system/ping": Recording("system_ping").body,
    ]
    let proxy = try TestServer { peer in
      while let request = peer.readRequest() {
        lines(request.line)
        if request.line.hasPrefix("CONNECT ") {
          if request.head.contains(Self.token) { lines("the token") }
          peer.send("HTTP/1.1 200 Connection established\r\n\r\n")
          lines(peer.readHead().contains("Bearer \(Self.token)") ? "the token in the tunnel" : "no token")
          return peer.respond("403 Forbidden")
        }
        let path = request.target.split(separator: "chat.invalid").last.map(String.init) ?? ""
        peer.respond(answers[path] == nil ? "404 Not Found" : "200 OK", body: answers[path] ?? "{}")
      }
    }
    let checks = try await Examination.checks(
      on: "http://chat.invalid", token: Self.token, [], ["http_proxy": "http://127.0.0.1:\(proxy.port)"])
    #expect(checks.first { $0.id == "websocket" }?.text.contains("refuses the event socket") == true)
    var line = try await lines.next("a request")
    while !line.hasPrefix("CONNECT ") { line = try await lines.next("the tunnel") }
    #expect(line == "CONNECT chat.invalid:80 HTTP/1.1")
    #expect(try await lines.next("what goes through it") == "the token in the tunnel")
  }

  @Test(.enabled(if: TLSServer.isAvailable, "needs /usr/bin/openssl"))
  func `a server that requires a client certificate gets the configured one, also at an IPv6 address`() async throws {
    let folder = try TemporaryFolder()
    let own = try TLSServer.Identity(in: folder, named: "client")
    let ping = try Recording("system_ping").body
    let server = try TLSServer(host: "[::1]", client: own) { peer in
      peer.readHead()
      peer.respond("200 OK", body: ping)
    }
    let home = try TemporaryFolder()
    let file = try home.write(
      "EDGECRAB_CLIENT_CERT=\(own.certificateFile)\nEDGECRAB_CLIENT_KEY=\(own.keyFile)\n", to: ".env")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    let shown = try await Examination.checks(
      on: "https://[::1]:\(server.port)", token: Self.token, [],
      ["SSL_CERT_FILE": server.certificateFile, "EDGECRAB_HOME": home.url.path])
    #expect(shown.first { $0.id == "tls" }?.text.hasSuffix("; ours is \(own.certificateFile)") == true)
    #expect(shown.first { $0.id == "dns" }?.text == "the server is at ::1")
    #expect(shown.first { $0.id == "rest" }?.state == "good")
    let demanding = try TLSServer(client: own) { $0.readHead() }
    let wrong = try await wrong(
      of: "https://localhost:\(demanding.port)", ["SSL_CERT_FILE": demanding.certificateFile])
    #expect(wrong.map(\.id) == ["tls"])
    let nginx = try TLSServer { peer in
      peer.readHead()
      peer.respond("400 Bad Request", body: "<center>No required SSL certificate was sent</center>")
    }
    let told = try await self.wrong(of: "https://localhost:\(nginx.port)", ["SSL_CERT_FILE": nginx.certificateFile])
    #expect(told.map(\.id) == ["tls"] && told.map(\.remedy) == wrong.map(\.remedy))
    #expect(wrong.first?.remedy.first?.hasPrefix("Set EDGECRAB_CLIENT_CERT and EDGECRAB_CLIENT_KEY") == true)
  }

  @Test func `doctor only reads from the server`() async throws {
    let asked = AsyncQueue<String>()
    let answers = try [
      "/system/ping": "system_ping", "/users/me": "users_me", "/users/me/teams": "me_teams",
      "/users/usernames": "users_by_usernames", "/config/client?format=old": "config_client",
    ].mapValues { try Recording($0).body }
    let team = "/users/me/teams/ryczsmzyytb5jbcb3bw1h1tmfc/channels"
    let channels = try Recording("me_team_channels").body
    let server = try TestServer { peer in
      while let request = peer.readRequest() {
        asked(request.target)
        let path = String(request.target.split(separator: "/api/v4").last ?? "")
        let body = path == team ? channels : answers[path]
        peer.respond(body == nil ? "404 Not Found" : "200 OK", body: body ?? #"{"id":"no"}"#)
      }
    }
    let folder = try TemporaryFolder()
    let rules = try folder.write(
      """
      version: 1
      access: { users: [alice, zoe] }
      agents: { echo: { type: echo } }
      rules:
        - { name: desk, when: { channel: nowhere, trigger: [mention, dm] }, agent: echo }
      """, to: "rules.yaml")
    _ = try await Examination.run(on: server.url, token: Self.token, ["--rules", rules])
    asked("the end")
    let reading = ["users/usernames", "users/search", "users/ids", "roles/names"].map { "POST /api/v4/\($0)" }
    var seen: Set<String> = []
    while let target = await asked.next(), target != "the end" {
      #expect(target.hasPrefix("GET ") || reading.contains(target))
      seen.insert(target)
    }
    #expect(seen.isSuperset(of: ["GET /api/v4/websocket", "GET /api/v4/users/me", "POST /api/v4/users/usernames"]))
  }

  @Test func `a wrong clock is reported with the threshold`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.respond("200 OK", headers: ["Date: Tue, 01 Jan 2019 00:00:00 GMT"], body: #"{"status":"OK"}"#)
    }
    let clock = try await wrong(of: server.url).first { $0.id == "clock" }
    #expect(clock?.text.hasSuffix("ahead of the server's; at most 30 s are tolerated") == true)
  }

  @Test(arguments: [
    (400, "the headers Upgrade and Connection never reached Mattermost"),
    (200, "answered the event socket with a page (200)"),
    (403, "refuses the event socket /api/v4/websocket (403)"),
  ])
  func `an event socket that does not open is reported with the settings for nginx and Apache`(
    status: Int, said: String
  )
    async throws
  {
    let server = try await ProxiedServer.start(upgradeStatus: status)
    let checks = try await Examination.checks(on: server.address, token: Self.token)
    await server.stop()
    let socket = try #require(checks.first { $0.id == "websocket" })
    #expect(socket.state == "wrong" && socket.text.contains(said), "\(socket.text)")
    #expect(socket.remedy.contains("  proxy_set_header Upgrade $http_upgrade;"))
    #expect(socket.remedy.contains("    http://127.0.0.1:8065/api/v4/websocket upgrade=websocket"))
    #expect(socket.remedy.allSatisfy { !$0.hasPrefix(" ") || $0.count <= 66 }, "they are not wrapped")
    #expect(checks.first { $0.id == "greeting" }?.state == "unchecked")
  }

  @Test func `doctor does not guess permissions that the server does not tell`() async throws {
    let server = try await RecordedServer.start(socket: .plays([]))
    let posting = try await Examination.checks(on: server.address, token: Self.token).first { $0.id == "posting" }
    await server.stop()
    #expect(posting?.state == "unchecked")
    #expect(posting?.text == "the server does not say where the bot may post (404)")
  }
}

/// Recorded REST answers, behind a proxy that blocks the event socket.
private final class ProxiedServer: Sendable {
  var address: String { server.url }
  private let server: HTTPStub

  static func start(upgradeStatus: Int) async throws -> ProxiedServer {
    let team = "ryczsmzyytb5jbcb3bw1h1tmfc"
    let answers = try [
      "/users/me": "users_me", "/system/ping": "system_ping", "/users/me/teams": "me_teams",
      "/users/me/teams/\(team)/channels": "me_team_channels", "/config/client": "config_client",
    ].mapValues { try Recording($0).body }
    let refusal = try Recording("ws_upgrade_without_upgrade_header").body
    let server = try await HTTPStub.start { request in
      let path = String(request.path.dropFirst("/api/v4".count))
      if path == "/websocket" {
        return .respond(HTTPServerResponse(upgradeStatus, upgradeStatus == 400 ? refusal : "<h1>no</h1>"))
      }
      guard request.method == "GET", let body = answers[path] else { return .respond(HTTPServerResponse(404)) }
      return .respond(HTTPServerResponse(200, body))
    }
    return ProxiedServer(server)
  }

  private init(_ server: HTTPStub) { self.server = server }

  func stop() async { await server.stop() }
}
