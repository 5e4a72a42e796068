import Core
import Foundation
import TestSupport
import Testing

@testable import MattermostIO

struct PostListTests {
  private static func post(_ id: String, props: String = "{}") -> String {
    #"{"id":"\#(id)","user_id":"u","channel_id":"c","message":"m \"]}\\","props":\#(props)}"#
  }

  private static func nested(_ depth: Int) -> String {
    #"{"x":\#(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))}"#
  }

  private func list(_ odd: String) throws -> PostList {
    let text = #"{"order":["a","b","d"],"posts":{"a":\#(Self.post("a")), "b" : \#(odd),"d":\#(Self.post("d"))}}"#
    return try #require(PostList(Array(text.utf8)))
  }

  @Test func `the recorded post with props nested 600 deep is decoded without them`() throws {
    let frame = try #require(
      try Recording.frames("identity_and_changes").first { $0.step == "props nested 600 deep" })
    guard case .posted(let posted) = try EventFrame(frame.text).event else {
      Issue.record("no posted event")
      return
    }
    #expect(posted.post.message == "nothing to see here")
    #expect(posted.post.props == Post.Props())
  }

  @Test func `a post of a list with values nested too deeply is decoded`() throws {
    let list = try list(Self.post("b", props: Self.nested(5_000)))
    #expect(list.order == ["a", "b", "d"] && list.unreadable.isEmpty)
    #expect(Set(list.posts.keys) == ["a", "b", "d"] && list.posts["b"]?.message == #"m "]}\"#)
  }

  @Test(arguments: ["null", "7", "[]", "{}", post("b", props: #"{"x":tru,"y":"{"}"#), #"{"id":"b" "x":1}"#])
  func `a post of a list that cannot be decoded is reported, and the others are decoded`(odd: String) throws {
    let list = try list(odd)
    #expect(list.unreadable == ["b"] && Set(list.posts.keys) == ["a", "d"])
  }

  @Test(arguments: [
    "", "null", "[]", "{", #"{"posts":{"a":"#, #"{"posts":{"a":1"#, #"{"order":[tru],"posts":{}}"#, "<html>",
  ])
  func `a text that is not a list of posts is not decoded`(text: String) {
    #expect(PostList(Array(text.utf8)) == nil)
  }

  @Test func `a post that is lost because of mismatched brackets is reported`() throws {
    let list = try list(#"{"id":"b","x":[1,}]}"#)
    #expect(list.unreadable == ["b", "d"] && Set(list.posts.keys) == ["a"])
  }

  @Test func `a page without any post that can be decoded still has its newest and oldest id`()
    async throws
  {
    @Sendable func answer(_ body: String) -> String {
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Version-Id: 6.7.0\r\nContent-Length: \(body.utf8.count)\r\n"
        + "\r\n\(body)"
    }
    let server = try TestServer { peer in
      while let request = peer.readRequest() {
        let isPage = request.target.contains("/channels/")
        peer.send(
          answer(
            isPage
              ? #"{"order":["n","o"],"posts":{"n":null,"o":7}}"#
              : request.target.hasSuffix("/p") ? Self.post("p", props: Self.nested(600)) : #"{"id":"#))
      }
    }
    let client = try MattermostClient.test(server.url)
    #expect(try await client.post("p").id == "p")
    let page = try await client.posts(in: "c", .newest)
    #expect(page.posts.isEmpty && page.newest == "n" && page.oldest == "o" && page.isLast)
    let error = await #expect(throws: MattermostError.self) { try await client.post("q") }
    #expect(error?.code == .unreadable && error?.description.contains("MATTERMOST_URL") == false)
  }

  @Test func `the error of a frame contains the ids of its post and channel`() throws {
    let data = #""data":{"post":"{\"id\":\"p1\",\"x\":tru}"},"broadcast":{"channel_id":"c1"}"#
    let problem = try #require(throws: WireError.self) { try EventFrame(#"{"event":"posted",\#(data),"seq":3}"#) }
    #expect(problem.description.hasSuffix("its post cannot be read (post p1, channel c1)"))
  }
}
