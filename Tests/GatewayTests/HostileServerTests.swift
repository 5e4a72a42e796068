import Foundation
import TestSupport
import Testing

/// Frames that no server should send.
@Suite struct HostileServerTests {
  private static func posted(_ post: String, more: String = "") -> String {
    let quoted = String(decoding: (try? JSONEncoder().encode(post)) ?? Data(), as: UTF8.self)
    return #"{"event":"posted","data":{"channel_name":"dev","channel_type":"O","post":\#(quoted)\#(more)},"seq":1}"#
  }

  private static let frames = [
    ("no JSON", "hello?"), ("an empty frame", ""), ("a list", "[]"), ("an empty object", "{}"), ("null", "null"),
    ("an event that nobody knows", #"{"event":"moon_phase_changed","data":{"phase":7},"seq":1}"#),
    ("a number that none can follow", #"{"event":"moon_phase_changed","data":{},"seq":9223372036854775807}"#),
    ("an event without data", #"{"event":"posted","seq":1}"#),
    ("a post that is no JSON", posted("{")),
    ("a post without a user", posted(#"{"id":"p","channel_id":"c","message":"@edgecrab hi"}"#)),
    ("a post of numbers", posted(#"{"id":7,"user_id":8,"channel_id":9,"message":{"a":[]},"props":"x"}"#)),
    ("mentions that are no list", posted(#"{"id":"p","user_id":"u","channel_id":"c"}"#, more: #","mentions":"{""#)),
    (
      "10 MB of text",
      posted(#"{"id":"p","user_id":"u","channel_id":"c","message":"\#(String(repeating: "y", count: 10_000_000))"}"#)
    ),
    ("10 MB of nesting", #"{"event":"posted","data":"# + String(repeating: "[", count: 10_000_000)),
    ("brackets that never close", posted(String(repeating: "{\"a\":", count: 100_000))),
  ]

  // Named, for a test's log shows its arguments whole.
  @Test(arguments: frames.map(\.0))
  func `a mention after an invalid frame is answered`(_ what: String) async throws {
    let frame = try #require(Self.frames.first { $0.0 == what }).1
    let recorded = try Recording.frames("events")
    let hello = try #require(recorded.first { $0.text.contains("hello") }).text
    let mention = try #require(recorded.first { $0.step == "mention in an open channel" }).text
    let server = try await RecordedServer.start(socket: .plays([hello, frame, mention]))
    try await withGateway(on: server.address, folder: try TemporaryFolder()) {
      try await wait(for: "an answer to the mention") { await !server.sent.isEmpty }
    }
    #expect(await server.sent.map(\.message) == ["explain this PR"])
    await server.stop()
  }
}
