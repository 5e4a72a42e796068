import Core
import MattermostIO
import TestSupport
import Testing

private let dev: ChannelID = "igyj8jtgwbbbzco4qjwgfa7awa"

struct PostPageTests {
  private func page(
    _ span: PageAnchor, _ answer: @escaping Script.Step
  ) async throws -> (page: PostPage, target: String?) {
    let script = Script([answer])
    let server = try TestServer(script.serve)
    let page = try await MattermostClient.test(server.url).posts(in: dev, span)
    return (page, script.requests.first?.target)
  }

  @Test func `a page is requested by its anchor, with as many posts as the server sends`() async throws {
    let recording = try Recording("channel_posts_page")
    let route = "GET /api/v4/channels/\(dev)/posts"
    #expect(try await page(.newest, recording.answer).target == "\(route)?per_page=200")
    #expect(try await page(.after("p1"), recording.answer).target == "\(route)?after=p1&per_page=200")
    #expect(try await page(.before("a b&c"), recording.answer).target == "\(route)?before=a%20b%26c&per_page=200")
  }

  @Test
  func `a page holds the posts of its order, the oldest first, without other posts of their threads`() async throws {
    let page = try await page(.newest, try Recording("channel_posts_since").answer).page
    #expect(page.posts.map(\.createAt) == page.posts.map(\.createAt).sorted())
    #expect(page.posts.count == 5 && page.isLast)
    #expect(page.posts.last?.rootID == "iy3wu7s5fjd8fpjr9qkqak47bc")
  }

  @Test func `a page leaves out posts of another channel, and posts that cannot be decoded`() async throws {
    let body = """
      {"order":["a","b","c","d"],"posts":{
        "a":{"id":"a","user_id":"u","channel_id":"\(dev)","message":"mine"},
        "b":{"id":"b","user_id":"u","channel_id":"other","message":"theirs"},
        "c":7}}
      """
    let page = try await page(.newest) { $0.respond("200 OK", headers: ["Connection: close"], body: body) }.page
    #expect(page.posts.map(\.id) == ["a"])
  }

  @Test func `a full page is not the last`() async throws {
    let ids = (0..<200).map { "p\($0)" }
    let posts = ids.map { #""\#($0)":{"id":"\#($0)","user_id":"u","channel_id":"\#(dev)"}"# }
    let body = #"{"order":["\#(ids.joined(separator: #"",""#))"],"posts":{\#(posts.joined(separator: ","))}}"#
    let page = try await page(.after("x")) { $0.respond("200 OK", headers: ["Connection: close"], body: body) }.page
    #expect(page.posts.count == 200 && !page.isLast)
    #expect(page.posts.first?.id == "p199")
  }

  // Not recorded: the call is that of the published API, and lists channels as the recorded one of a team does.
  @Test func `the lists of channels contain the time of the last post, also of channels without a team`() async throws {
    let script = Script([try Recording("me_team_channels").answer])
    let server = try TestServer(script.serve)
    let channels = try await MattermostClient.test(server.url).channels()
    #expect(script.requests.first?.target == "GET /api/v4/users/me/channels")
    #expect(channels.contains { $0.teamID == nil && $0.lastPostAt == 1_795_351_594_709 })
    #expect(channels.contains { $0.lastPostAt == 0 })
  }
}
