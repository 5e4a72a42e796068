import Core
import MattermostIO
import TestSupport
import Testing

struct EventFrameTests {
  @Test(
    arguments: [
      ("", WireError.Code.notJSON, nil),
      ("{", .notJSON, nil),
      ("[]", .notJSON, nil),
      ("null", .notJSON, nil),
      ("7", .notJSON, nil),
      ("<html>", .notJSON, nil),
      (#"{"event":"posted","seq":"#, .notJSON, nil),
      (String(repeating: "[", count: 100_000), .notJSON, nil),
      ("{}", .nameless, nil),
      (#"{"event":null,"seq":3}"#, .nameless, 3),
      (#"{"event":{"a":1},"seq":3}"#, .nameless, 3),
      (#"{"event":"posted","seq":3}"#, .brokenPost, 3),
      (#"{"event":"posted","data":null,"seq":3}"#, .brokenPost, 3),
      (#"{"event":"posted","data":[],"seq":3}"#, .brokenPost, 3),
      (#"{"event":"posted","data":{"post":null},"seq":3}"#, .brokenPost, 3),
      (#"{"event":"posted","data":{"post":{"id":"p"}},"seq":3}"#, .brokenPost, 3),
      (#"{"event":"posted","data":{"post":"{\"id\":\"p\""},"seq":3}"#, .brokenPost, 3),
      (#"{"event":"post_edited","data":{"post":"[]"},"seq":3}"#, .brokenPost, 3),
      (#"{"event":"posted","data":{"post":"{\"id\":\"p\",\"channel_id\":\"c\"}"},"seq":"3"}"#, .incompletePost, 3),
      (#"{"event":"posted","data":{"post":"{}"},"seq":3}"#, .incompletePost, 3),
    ] as [(String, WireError.Code, Int64?)])
  func `a frame that cannot be decoded is an error with its number`(
    text: String, code: WireError.Code, sequence: Int64?
  ) throws {
    let problem = try #require(throws: WireError.self) { try EventFrame(text) }
    #expect(problem.code == code)
    #expect(problem.sequence == sequence)
    #expect(problem.description.hasPrefix("skipped a frame"))
  }

  @Test(arguments: ["9223372036854775807", "-1", "1e18", "1e300"])
  func `a number that no server reaches by counting is ignored`(number: String) throws {
    let frame = try EventFrame(#"{"event":"typing","data":{},"seq":\#(number)}"#)
    #expect(frame.sequence == nil || frame.sequence == 0)
  }

  @Test func `an unknown event keeps its name and number`() throws {
    let frame = try EventFrame(#"{"event":"thread_read_changed","data":{"x":[1,{"y":null}]},"broadcast":null,"seq":7}"#)
    #expect(frame == EventFrame(sequence: 7, event: .other(name: "thread_read_changed")))
  }

  @Test func `numbers instead of strings, nulls and missing fields are accepted`() throws {
    let text = framed(
      post: """
        {"id":1,"user_id":"u","channel_id":"c","message":null,"create_at":"12","edit_at":1.0e3,"delete_at":{},
        "file_ids":["f",null,3],"props":{"attachments":[null,{"text":5,"fields":[{"value":7},{"value":"v"}]}]},
        "unheard_of":{"a":[]}}
        """)
    guard case .posted(let posted) = try EventFrame(text).event else {
      Issue.record("not a posted event")
      return
    }
    #expect(posted.post.id == "1")
    #expect(posted.post.message == "")
    #expect(posted.post.createAt == 12)
    #expect(posted.post.editAt == 1_000)
    #expect(posted.post.deleteAt == 0)
    #expect(posted.post.fileIDs == ["f"])
    #expect(posted.post.mentioningTexts == ["", "5", "v"])
    #expect(posted.mentions == nil)
  }

  @Test func `every recorded frame is decoded`() throws {
    for name in [
      "auth_challenge_ok", "auth_header_ok", "bot_disabled", "reconnect_lossless", "reconnect_unknown_connection",
      "server_shutdown", "token_revoked",
    ] {
      let frames = try Recording.frames(name).map { try EventFrame($0.text) }
      #expect(!frames.isEmpty)
      guard case .hello(let connection, let version) = frames.first?.event else {
        Issue.record("\(name) does not begin with hello")
        continue
      }
      #expect(connection.count == 26)
      #expect(version.hasPrefix("6.7.0."))
    }
  }

  @Test func `an event about a channel has its id, wherever the server puts it`() throws {
    for text in [
      #"{"event":"channel_created","data":{"channel_id":"c","team_id":"t"},"seq":1}"#,
      #"{"event":"channel_updated","data":{"channel":"{\"id\":\"c\"}"},"broadcast":{"channel_id":""},"seq":1}"#,
      #"{"event":"direct_added","data":{"teammate_id":"u"},"broadcast":{"channel_id":"c"},"seq":1}"#,
    ] {
      #expect(try EventFrame(text).event == .channelChanged(channel: "c"))
    }
    let left = #"{"event":"user_removed","data":{"user_id":"u"},"broadcast":{"channel_id":"c"},"seq":1}"#
    #expect(try EventFrame(left).event == .userRemoved(user: "u", channel: "c"))
  }

  /// Unrecorded: the form is that of the published sources, which send one as JSON and the other in a string.
  @Test(arguments: [
    (
      #"{"event":"user_updated","data":{"user":{"id":"u","username":"ann"}},"seq":1}"#,
      ServerEvent.userUpdated(user: "u", name: "ann", isBot: false)
    ),
    (
      #"{"event":"user_updated","data":{"user":"{\"id\":\"u\",\"username\":\"ann\",\"is_bot\":true}"},"seq":1}"#,
      .userUpdated(user: "u", name: "ann", isBot: true)
    ),
    (
      #"{"event":"update_team","data":{"team":"{\"id\":\"t\",\"name\":\"acme\"}"},"seq":1}"#,
      .teamUpdated(team: "t", name: "acme")
    ),
    (
      #"{"event":"update_team","data":{"team":{"id":"t","name":"acme"}},"seq":1}"#,
      .teamUpdated(team: "t", name: "acme")
    ),
    (#"{"event":"update_team","data":{"team":[7]},"seq":1}"#, .teamUpdated(team: "", name: "")),
    (#"{"event":"user_updated","data":{},"seq":1}"#, .userUpdated(user: "", name: "", isBot: false)),
  ])
  func `a changed user or team has its new name, as JSON or as JSON in a string`(text: String, event: ServerEvent)
    throws
  {
    #expect(try EventFrame(text).event == event)
  }
}
