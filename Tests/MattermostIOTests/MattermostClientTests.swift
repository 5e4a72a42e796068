import Core
import Foundation
import MattermostIO
import Sandbox
import TestSupport
import Testing
import Transport

private let bot: UserID = "firyn95uoiyi8jyuyf789887ja"
private let alice: UserID = "d6g1affd6fbetyk9ywj6qqaera"
private let bob: UserID = "6k365i18xbbbzqitxqhziuk8xr"
private let acme: TeamID = "ryczsmzyytb5jbcb3bw1h1tmfc"
private let dev: ChannelID = "igyj8jtgwbbbzco4qjwgfa7awa"

struct MattermostClientTests {
  /// Sends a request to a server with a recorded response, and checks that it equals the recorded request.
  private func call<Value>(
    _ recording: String, _ call: (MattermostClient) async throws -> Value
  ) async throws -> Value {
    let exchange = try Recording(recording)
    let script = Script([exchange.answer])
    let server = try TestServer(script.serve)
    let value = try await call(try .test(server.url))
    #expect(script.requests.map(\.target) == ["\(exchange.method) \(exchange.path)"])
    return value
  }

  @Test func `the client reads the info of a file and writes its content into an open file`() async throws {
    let told = AttachedFile(id: "ekx9474x17dbbnfc5anno9dfme", name: "note.txt", mediaType: "text/plain", size: 10)
    #expect(try await call("file_info") { try await $0.file(told.id) } == told)
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "note.txt")
    let file = open(path, O_WRONLY)
    defer { close(file) }
    #expect(try await call("file_get") { try await $0.download(told.id, to: file, bytesMax: 10) } == 10)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "hello file")
  }

  @Test func `a download stops at its limit`() async throws {
    let server = try TestServer(Script([try Recording("file_get").answer]).serve)
    let folder = try TemporaryFolder()
    let file = open(try folder.write("", to: "note.txt"), O_WRONLY)
    defer { close(file) }
    await #expect {
      _ = try await MattermostClient.test(server.url).download("x", to: file, bytesMax: 9)
    } throws: { ($0 as? MattermostError)?.transport?.code == .tooLarge }
  }

  @Test func `the client reads the account of its token`() async throws {
    let me = try await call("users_me") { try await $0.me() }
    #expect(me.id == bot)
    #expect(me.username == "edgecrab")
  }

  /// Unrecorded: the answers are those of the public API's documentation.
  @Test func `the client reads the roles of the bot in teams and channels`() async throws {
    let script = Script([
      {
        $0.respond(
          "200 OK", headers: ["Connection: close"],
          body: #"[{"team_id":"t","user_id":"u","roles":"team_user team_admin","delete_at":0}]"#)
      },
      {
        $0.respond(
          "200 OK", headers: ["Connection: close"],
          body: #"[{"channel_id":"c","user_id":"u","roles":""},{"channel_id":7,"roles":null}]"#)
      },
      { $0.respond("200 OK", body: #"[{"name":"team_user","permissions":["view_team","create_post"]},{"name":"x"}]"#) },
    ])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url)
    #expect(try await client.teamMemberships().map(\.roles) == [["team_user", "team_admin"]])
    #expect(try await client.channelMemberships(ofTeam: "t").map(\.scope) == [.channel("c"), .channel("7")])
    #expect(
      try await client.roles(named: ["team_user", "x"]).map(\.permissions) == [["view_team", "create_post"], []])
    #expect(
      script.requests.map(\.target) == [
        "GET /api/v4/users/me/teams/members", "GET /api/v4/users/me/teams/t/channels/members",
        "POST /api/v4/roles/names",
      ])
    #expect(try await call("users_me") { try await $0.me() }.roles == ["system_user"])
  }

  @Test func `the probe sends no token, and accepts only Mattermost's response`() async throws {
    let script = Script([
      try Recording("system_ping").answer,
      { $0.respond("200 OK", headers: ["Connection: close"], body: "<h1>Log in</h1>") },
      { $0.respond("200 OK", body: #"{"status":""}"#) }, { $0.respond("500 Oops") },
    ])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url)
    let good = await client.probe()
    #expect(good.error == nil && good.version == "6.7.0" && good.date == 1_795_351_683)
    for code in [MattermostError.Code.notMattermost, .notMattermost, .serverFailed] {
      #expect(await client.probe().error?.code == code)
    }
    #expect(script.requests.allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test func `the client finds teams, channels and users`() async throws {
    let teams = try await call("me_teams") { try await $0.teams() }
    #expect(teams == [TeamRecord(id: acme, name: "acme", displayName: "Acme")])

    let channels = try await call("me_team_channels") { try await $0.channels(ofTeam: acme) }
    #expect(channels.count > 4)
    #expect(Set(channels.map(\.channel.kind)) == Set(ChannelKind.allCases))

    let byID = try await call("channel_by_id") { try await $0.channel(dev) }
    #expect(byID.channel == Channel(id: dev, name: "dev", kind: .public))
    #expect(byID.teamID == acme && byID.displayName == "Dev" && byID.deleteAt == 0)

    let named = try await call("users_by_usernames") {
      try await $0.users(named: ["alice", "carol.o-brien", "nobody"])
    }
    #expect(named.map(\.username) == ["alice", "carol.o-brien"])
    let identified = try await call("users_by_ids") { try await $0.users(ids: [alice, bob]) }
    #expect(identified.map(\.username) == ["alice", "bob"])
  }

  @Test func `the client creates posts in channels and threads`() async throws {
    let exchange = try Recording("post_created")
    let script = Script([exchange.answer])
    let server = try TestServer(script.serve)
    let made = try await MattermostClient.test(server.url).createPost(
      in: dev, message: "hello from the bot", pendingPostID: "\(bot):1700000000000")
    #expect(made.id == "iy3wu7s5fjd8fpjr9qkqak47bc")
    #expect(made.props.fromBot)
    let sent = try #require(script.requests.first)
    #expect(try json(sent.body) == json(exchange.requestBody ?? ""))
    #expect(sent.head.contains("\r\nContent-Type: application/json\r\n"))

    let reply = try await call("post_reply") {
      try await $0.createPost(in: dev, message: "a reply", root: made.id, pendingPostID: "x")
    }
    #expect(reply.rootID == made.id)
  }

  @Test func `a post's mark is sent with it, and returned wherever the post is listed`() async throws {
    try await withSandbox { sandbox in
      let client = MattermostClient(
        address: try WebAddress(sandbox.url), token: Secret(sandbox.botToken), http: HTTPClient(logger: .silent),
        logger: .silent)
      let dev = ChannelID(try await sandbox.channelID("dev"))
      let root = try await client.createPost(in: dev, message: "one", mark: "r-0", pendingPostID: "r-0")
      _ = try await client.createPost(in: dev, message: "two", root: root.id, mark: "r-1", pendingPostID: "r-1")
      try await client.edit(root.id, to: "one, edited")
      let thread = try await client.thread(of: root.id)
      #expect(Set(thread.map { "\($0.props.mark) \($0.message)" }) == ["r-0 one, edited", "r-1 two"])
      let since = try await client.posts(in: dev, since: root.createAt - 1).filter { $0.originalID == nil }
      #expect(Set(since.map { "\($0.props.mark) \($0.message)" }) == ["r-0 one, edited", "r-1 two"])
      #expect(try await client.posts(in: dev, since: since.map(\.updateAt).max() ?? 0).isEmpty)
    }
  }

  @Test func `the client edits a post and opens a direct channel`() async throws {
    let edit = try Recording("post_patched")
    let script = Script([edit.answer, try Recording("channel_direct_create").answer])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url)
    try await client.edit("iy3wu7s5fjd8fpjr9qkqak47bc", to: "hello, edited")
    let channel = try await client.directChannel(of: (bot, bob))
    #expect(channel.channel.kind == .direct)
    #expect(
      script.requests.map(\.target) == [
        "PUT /api/v4/posts/iy3wu7s5fjd8fpjr9qkqak47bc/patch", "POST /api/v4/channels/direct",
      ])
    #expect(script.requests.map(\.body) == [#"{"message":"hello, edited"}"#, #"["\#(bot)","\#(bob)"]"#])
  }

  @Test func `the client uploads a file, and reads the size that a post may have`() async throws {
    let script = Script([try Recording("file_upload").answer, try Recording("config_client").answer])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url)
    #expect(
      try await client.upload(.bytes(Array("hello file".utf8)), as: "a&b.txt", to: dev) == "mbsdb8it4iyw5pt4936tj95a4a")
    #expect(try await client.postScalarsMax() == 16_383)
    #expect(
      script.requests.map(\.target) == [
        "POST /api/v4/files?channel_id=\(dev)&filename=a%26b.txt", "GET /api/v4/config/client?format=old",
      ])
    #expect(script.requests.first?.body == "hello file")
    #expect(script.requests.first?.head.contains("\r\nContent-Type: application/octet-stream\r\n") == true)
  }

  @Test(arguments: ["", "0", "-1", "399", "x"])
  func `an absurd post size of a server is ignored`(size: String) async throws {
    let script = Script([{ $0.respond("200 OK", body: #"{"MaxPostSize":"\#(size)"}"#) }])
    let server = try TestServer(script.serve)
    #expect(try await MattermostClient.test(server.url).postScalarsMax() == nil)
  }

  @Test func `the client adds a reaction and removes it`() async throws {
    let (added, removed) = (try Recording("reaction_added"), try Recording("reaction_removed"))
    let script = Script([added.answer, removed.answer])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url)
    try await client.react(as: bot, to: "iy3wu7s5fjd8fpjr9qkqak47bc", with: "eyes")
    try await client.removeReaction("eyes", from: "iy3wu7s5fjd8fpjr9qkqak47bc", as: bot)
    #expect(script.requests.map(\.target) == ["\(added.method) \(added.path)", "\(removed.method) \(removed.path)"])
    #expect(try json(script.requests[0].body) == json(added.requestBody ?? ""))
  }

  @Test func `the client reads the server's version`() async throws {
    #expect(try await call("system_ping") { try await $0.serverVersion() } == "6.7.0")
  }

  @Test func `values in paths are percent-encoded`() async throws {
    let script = Script([try Recording("user_missing").answer])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url + "/chat/")
    for name in ["a/../b?c#d", "..", "é x\r\nX: y"] { _ = try? await client.channel(ChannelID(name)) }
    #expect(
      script.requests.map(\.target) == [
        "GET /chat/api/v4/channels/a%2F..%2Fb%3Fc%23d", "GET /chat/api/v4/channels/%2E%2E",
        "GET /chat/api/v4/channels/%C3%A9%20x%0D%0AX%3A%20y",
      ])
  }

  @Test func `the token is sent in the Authorization header only`() async throws {
    let script = Script([try Recording("post_created").answer])
    let server = try TestServer(script.serve)
    _ = try await MattermostClient.test(server.url).createPost(in: dev, message: "x", pendingPostID: "p")
    let sent = try #require(script.requests.first)
    #expect(sent.head.contains("\r\nAuthorization: Bearer TOKEN_BOT\r\n"))
    #expect((sent.head + sent.body).components(separatedBy: "TOKEN_BOT").count == 2)
  }

  private func json(_ text: String) throws -> NSDictionary? {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
  }
}
