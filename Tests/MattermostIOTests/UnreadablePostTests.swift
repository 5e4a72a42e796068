import Foundation
import TestSupport
import Testing

@testable import MattermostIO

/// Issue 11, no. 20. A post that cannot be read hides no other.
@Suite struct UnreadablePostTests {
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

  @Test func `the recorded post whose props are 600 deep is read without them, in a frame as alone`() throws {
    let frame = try #require(
      try Recording.frames("identity_and_changes").first { $0.step == "props nested 600 deep" })
    guard case .posted(let posted) = try EventFrame(frame.text).event else {
      Issue.record("no posted event")
      return
    }
    #expect(posted.post.message == "nothing to see here")
    #expect(posted.post.props == Post.Props())
  }

  @Test func `in a list, one that is too deep is read like the others`() throws {
    let list = try list(Self.post("b", props: Self.nested(5_000)))
    #expect(list.order == ["a", "b", "d"] && list.unreadable.isEmpty)
    #expect(Set(list.posts.keys) == ["a", "b", "d"] && list.posts["b"]?.message == #"m "]}\"#)
  }

  @Test(arguments: ["null", "7", "[]", "{}", post("b", props: #"{"x":tru,"y":"{"}"#), #"{"id":"b" "x":1}"#])
  func `in a list, one that cannot be read is named, and the others are read`(odd: String) throws {
    let list = try list(odd)
    #expect(list.unreadable == ["b"] && Set(list.posts.keys) == ["a", "d"])
  }

  @Test(arguments: [
    "", "null", "[]", "{", #"{"posts":{"a":"#, #"{"posts":{"a":1"#, #"{"order":[tru],"posts":{}}"#, "<html>",
  ])
  func `what is no list is none`(text: String) {
    #expect(PostList(Array(text.utf8)) == nil)
  }

  @Test func `one that is missing where its brackets are mixed up is named as well`() throws {
    let list = try list(#"{"id":"b","x":[1,}]}"#)
    #expect(list.unreadable == ["b", "d"] && Set(list.posts.keys) == ["a"])
  }

  @Test func `a single post that is too deep is read, and a page of which nothing can be read is gone past`()
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

  @Test func `a frame whose post cannot be read is skipped with the ids that can be`() throws {
    let data = #""data":{"post":"{\"id\":\"p1\",\"x\":tru}"},"broadcast":{"channel_id":"c1"}"#
    let problem = try #require(throws: WireError.self) { try EventFrame(#"{"event":"posted",\#(data),"seq":3}"#) }
    #expect(problem.description.hasSuffix("its post cannot be read (post p1, channel c1)"))
  }
}
