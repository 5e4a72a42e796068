import MattermostIO
import TestSupport
import Testing

private let dev = "igyj8jtgwbbbzco4qjwgfa7awa"

@Suite("Pages of a channel's posts")
struct PostPageTests {
  private func page(
    _ span: PageAnchor, _ answer: @escaping Script.Step
  ) async throws -> (page: PostPage, target: String?) {
    let script = Script([answer])
    let server = try TestServer(script.serve)
    let page = try await MattermostClient.test(server.url).posts(in: dev, span)
    return (page, script.requests.first?.target)
  }

  @Test("are asked for by where they lie, as many posts as the server gives")
  func targets() async throws {
    let recording = try Recording("channel_posts_page")
    let route = "GET /api/v4/channels/\(dev)/posts"
    #expect(try await page(.newest, recording.answer).target == "\(route)?per_page=200")
    #expect(try await page(.after("p1"), recording.answer).target == "\(route)?after=p1&per_page=200")
    #expect(try await page(.before("a b&c"), recording.answer).target == "\(route)?before=a%20b%26c&per_page=200")
  }

  @Test("hold what the order names, the oldest first, without what else their threads have")
  func order() async throws {
    let page = try await page(.newest, try Recording("channel_posts_since").answer).page
    #expect(page.posts.map(\.createAt) == page.posts.map(\.createAt).sorted())
    #expect(page.posts.count == 5 && page.isLast)
    #expect(page.posts.last?.rootID == "iy3wu7s5fjd8fpjr9qkqak47bc")
  }

  @Test("take no post of another channel, and do without those that cannot be read")
  func hostile() async throws {
    let body = """
      {"order":["a","b","c","d"],"posts":{
        "a":{"id":"a","user_id":"u","channel_id":"\(dev)","message":"mine"},
        "b":{"id":"b","user_id":"u","channel_id":"other","message":"theirs"},
        "c":7}}
      """
    let page = try await page(.newest) { $0.respond("200 OK", headers: ["Connection: close"], body: body) }.page
    #expect(page.posts.map(\.id) == ["a"])
  }

  @Test("are the last where they are not full")
  func full() async throws {
    let ids = (0..<200).map { "p\($0)" }
    let posts = ids.map { #""\#($0)":{"id":"\#($0)","user_id":"u","channel_id":"\#(dev)"}"# }
    let body = #"{"order":["\#(ids.joined(separator: #"",""#))"],"posts":{\#(posts.joined(separator: ","))}}"#
    let page = try await page(.after("x")) { $0.respond("200 OK", headers: ["Connection: close"], body: body) }.page
    #expect(page.posts.count == 200 && !page.isLast)
    #expect(page.posts.first?.id == "p199")
  }

  // Not recorded: the call is that of the published API, and lists channels as the recorded one of a team does.
  @Test("are behind the last post of a channel, which the lists of channels tell, also without a team")
  func channels() async throws {
    let script = Script([try Recording("me_team_channels").answer])
    let server = try TestServer(script.serve)
    let channels = try await MattermostClient.test(server.url).channels()
    #expect(script.requests.first?.target == "GET /api/v4/users/me/channels")
    #expect(channels.contains { $0.teamID.isEmpty && $0.lastPostAt == 1_795_351_594_709 })
    #expect(channels.contains { $0.lastPostAt == 0 })
  }
}
