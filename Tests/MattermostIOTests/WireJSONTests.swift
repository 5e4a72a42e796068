import Core
import Foundation
import TestSupport
import Testing

@testable import MattermostIO

struct WireJSONTests {
  @Test(
    arguments: [
      ("null", "", 0, false), ("true", "true", 0, true), ("false", "false", 0, false), (#""TRUE""#, "TRUE", 0, true),
      ("7", "7", 7, false), ("-0", "0", 0, false), (#""12""#, "12", 12, false), ("1.0e3", "1000", 1_000, false),
      ("1.5", "", 2, false), ("9223372036854775807", "9223372036854775807", .max, false),
      ("9223372036854775808", "", 0, false), ("1e300", "", 0, false), ("[7]", "", 0, false),
      (#"{"a":7}"#, "", 0, false),
      (#""a\u0000\ud83d\ude00\/\n""#, "a\u{0}😀/\n", 0, false),
    ] as [(String, String, Int64, Bool)])
  func `a value of another type than expected is read as far as that is possible`(
    json: String, text: String, integer: Int64, flag: Bool
  ) throws {
    let value = try #require(WireJSON(parsing: #"{"key":\#(json)}"#))["key"]
    #expect(value.text == text && value.integer == integer && value.flag == flag)
    #expect(!value.isMissing && value.isNull == (json == "null"))
  }

  @Test func `a missing value reads as empty, whatever is asked of it`() throws {
    let missing = try #require(WireJSON(parsing: #"{"id":"p","list":[1]}"#))["id"]["a"]["b"]
    #expect(missing.isMissing && !missing.isNull && !missing.isObject && !missing.isArray)
    #expect(missing.text == "" && missing.integer == 0 && !missing.flag && missing.words.isEmpty)
    #expect(missing.embedded == nil && missing.strings.isEmpty && Array(missing.members).isEmpty)
    #expect([String](missing) == nil)
  }

  @Test func `the first of several members with one key counts, and keys may be escaped`() throws {
    let json = try #require(WireJSON(parsing: #"{"\u0069d":"first","id":"second"}"#))
    #expect(json["id"].text == "first")
    #expect(json.members.map(\.key) == ["id", "id"])
  }

  @Test func `an array of one type is nil if an element has another`() throws {
    let json = try #require(WireJSON(parsing: #"{"good":["a",""],"bad":["a",7,"b"],"none":null}"#))
    #expect([String](json["good"]) == ["a", ""])
    #expect([String](json["bad"]) == nil && json["bad"].strings == ["a", "b"])
    #expect([String](json["none"]) == nil)
  }

  /// What Foundation's decoder, and therefore earlier versions of the gateway, accepted in a field that is not read.
  @Test(arguments: [
    "1e400", "123456789012345678901234567890", "01", "1.", "-", "1-2", "[1,]", #"{"a":1, }"#, #""\ud800""#,
    #""\udc00\ud83dz""#, #""\x\u12é""#, "\"a\u{1}\"", #"{"\ud800":1}"#, "\"a\nb\"",
  ])
  func `a post is not lost because of a value that the parser rejects`(odd: String) throws {
    try expectReadable(beside: odd)
  }

  @Test(arguments: [600, 1_023, 1_024, 20_000])
  func `a post is not lost because of a value that is nested deeply`(depth: Int) throws {
    try expectReadable(beside: String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
    try expectReadable(beside: String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth))
  }

  /// Expects a post to be read that has this JSON in a field that is not read, as its frame has.
  private func expectReadable(beside odd: String) throws {
    let post = #"{"id":"p","user_id":"u","channel_id":"c","message":"m, \"[1,]\"","create_at":12,"x":\#(odd)}"#
    let quoted = #"{"event":"posted","seq":5,"data":{"post":\#(try quoted(post)),"channel_type":"O","x":\#(odd)}}"#
    let frame = try EventFrame(quoted)
    let wanted = Post(id: "p", createAt: 12, userID: "u", channelID: "c", message: #"m, "[1,]""#)
    #expect(
      frame.sequence == 5
        && frame.event == .posted(PostedEvent(post: wanted, channelName: "", channelType: "O", senderName: "")))
    #expect(WireJSON(parsing: Array(post.utf8)).flatMap(Post.init) == wanted)
  }

  @Test func `text with characters that JSON does not allow is kept without them`() throws {
    let bytes =
      [0xEF, 0xBB, 0xBF] + Array(#"{"id":"a"#.utf8) + [0xFF, 0x0A] + Array(#"\ud800\xé😀\\","n":1.5,"m":7}"#.utf8)
    let json = try #require(WireJSON(parsing: bytes))
    #expect(json["id"].text == "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}xé😀\\")
    #expect(json["m"].integer == 7)
  }

  @Test(arguments: [
    "", " ", "{", "[1", "tru", #"{"a" 1}"#, #"{"a":1}}"#, #"{"a":1} x"#, #"{"a":"\"#, #"{"a":"#,
    "[1,2}", "+5", ".5", "NaN", "{}\u{0}",
  ])
  func `a text whose structure is not that of JSON is not parsed`(text: String) {
    #expect(WireJSON(parsing: text) == nil)
  }

  @Test func `values of a text last while other texts are parsed, on any thread`() async throws {
    try await withThrowingTaskGroup { group in
      for number in 0..<64 {
        group.addTask {
          let long = String(repeating: "é", count: number * 4_000)
          let outer = try #require(WireJSON(parsing: #"{"n":\#(number),"inner":"{\"text\":\"\#(long)\"}"}"#))
          let inner = try #require(outer["inner"].embedded)
          let others = (0..<8).map { WireJSON(parsing: "[\($0)]") }
          #expect(outer["n"].integer == Int64(number) && inner["text"].text == long)
          #expect(others.map { $0?.elements.map(\.integer) } == (0..<8).map { [Int64($0)] as [Int64]? })
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `everything recorded is read as Foundation reads it`() throws {
    let frames = try Recording.names(in: "ws").flatMap { try Recording.frames($0) }.map(\.text)
    let bodies = try Recording.names(in: "rest").map { try Recording($0).body }
    var compared = 0
    for text in frames + bodies {
      guard let expected = try? JSONDecoder().decode(JSON.self, from: Data(text.utf8)) else {
        #expect(WireJSON(parsing: text) == nil)
        continue
      }
      try expectEqual(try #require(WireJSON(parsing: text)), expected)
      compared += 1
    }
    #expect(compared > 80)
  }

  private func expectEqual(_ json: WireJSON, _ expected: JSON) throws {
    switch expected {
    case .null: #expect(json.isNull)
    case .bool(let flag): #expect(json.flag == flag && json.text == String(flag))
    case .int(let number): #expect(json.integer == Int64(number) && json.text == String(number))
    case .number(let number): #expect(json.integer == Int64(try #require(Double(number)).rounded()))
    case .string(let string):
      #expect(json.string == string)
      if let embedded = try? JSONDecoder().decode(JSON.self, from: Data(string.utf8)) {
        try expectEqual(try #require(json.embedded), embedded)
      }
    case .array(let elements):
      #expect(json.isArray && Array(json.elements).count == elements.count)
      for (element, expected) in zip(json.elements, elements) { try expectEqual(element, expected) }
    case .object(let members):
      #expect(json.isObject && Set(json.members.map(\.key)) == Set(members.map(\.key)))
      for member in json.members { try expectEqual(member.value, try #require(expected[member.key])) }
    }
  }

  /// Returns a text as a JSON string, in which everything but quotes, backslashes and control characters stays.
  private func quoted(_ text: String) throws -> String {
    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
  }
}
