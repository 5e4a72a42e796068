import Foundation
import MattermostIO
import Sandbox
import TestSupport
import Testing
import Transport
import Vocabulary

private let bot = "firyn95uoiyi8jyuyf789887ja"
private let alice = "d6g1affd6fbetyk9ywj6qqaera"
private let bob = "6k365i18xbbbzqitxqhziuk8xr"
private let acme = "ryczsmzyytb5jbcb3bw1h1tmfc"
private let dev = "igyj8jtgwbbbzco4qjwgfa7awa"

@Suite("The REST client")
struct MattermostClientTests {
  /// Calls a server that gives a recorded answer, and checks that it was asked as recorded.
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

  @Test("knows whose token it has")
  func me() async throws {
    let me = try await call("users_me") { try await $0.me() }
    #expect(me.id == bot)
    #expect(me.username == "edgecrab")
  }

  @Test("finds teams, channels and users")
  func look() async throws {
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

  @Test("posts, in a channel and in a thread")
  func posts() async throws {
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

  @Test("a post's mark goes out with it, and comes back with whatever lists it")
  func marks() async throws {
    try await withSandbox { sandbox in
      let client = MattermostClient(
        address: try WebAddress(sandbox.url), token: Secret(sandbox.botToken), http: HTTPClient(logger: .silent),
        logger: .silent)
      let dev = try await sandbox.channelID("dev")
      let root = try await client.createPost(in: dev, message: "one", mark: "r-0", pendingPostID: "r-0")
      _ = try await client.createPost(in: dev, message: "two", root: root.id, mark: "r-1", pendingPostID: "r-1")
      try await client.edit(root.id, to: "one, edited")
      let thread = try await client.thread(of: root.id)
      #expect(Set(thread.map { "\($0.props.mark) \($0.message)" }) == ["r-0 one, edited", "r-1 two"])
      let since = try await client.posts(in: dev, since: root.createAt - 1).filter(\.originalID.isEmpty)
      #expect(Set(since.map { "\($0.props.mark) \($0.message)" }) == ["r-0 one, edited", "r-1 two"])
      #expect(try await client.posts(in: dev, since: since.map(\.updateAt).max() ?? 0).isEmpty)
    }
  }

  @Test("edits a post, opens a direct channel")
  func writing() async throws {
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

  @Test("reads the server's version")
  func server() async throws {
    #expect(try await call("system_ping") { try await $0.serverVersion() } == "6.7.0")
  }

  @Test("escapes what users write into paths")
  func escaping() async throws {
    let script = Script([try Recording("user_missing").answer])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url + "/chat/")
    for name in ["a/../b?c#d", "..", "é x\r\nX: y"] { _ = try? await client.channel(name) }
    #expect(
      script.requests.map(\.target) == [
        "GET /chat/api/v4/channels/a%2F..%2Fb%3Fc%23d", "GET /chat/api/v4/channels/%2E%2E",
        "GET /chat/api/v4/channels/%C3%A9%20x%0D%0AX%3A%20y",
      ])
  }

  @Test("sends the token in the Authorization header only")
  func token() async throws {
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
