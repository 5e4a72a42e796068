import Testing

@testable import AgentSessions

@Suite("An event stream")
struct EventStreamParserTests {
  private func parse(_ text: String) throws -> [String] {
    var parser = EventStreamParser()
    return try parser.feed(Array(text.utf8)).map(\.data)
  }

  @Test(
    "is read by the standard's line rules",
    arguments: [
      ("data: a\n\n", ["a"]),
      ("data:a\n\n", ["a"]),
      ("data:  a \n\n", [" a "]),
      ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
      ("data: a\r\rdata: b\r\r", ["a", "b"]),
      ("data: a\r\n\ndata: b\n\r", ["a", "b"]),
      ("data: a\ndata: b\n\n", ["a\nb"]),
      ("data\n\n", [""]),
      ("data: a\ndata\ndata: b\n\n", ["a\n\nb"]),
      (": keep-alive\n\ndata: a\n: more\n\n", ["a"]),
      ("event: message\nid: 7\nretry: 10\ndata: a\n\n", ["a"]),
      ("event: ping\n\n", []),
      ("\u{FEFF}data: a\n\n", ["a"]),
      ("dataset: a\n\nDATA: b\n\n data: c\n\n", []),
      ("data: a\n\ndata: cut off", ["a"]),
      ("data: a\n\ndata: cut off\n", ["a"]),
      ("data: a:b: c\n\n", ["a:b: c"]),
      ("\n\n\n", []),
      ("", []),
    ])
  func lines(text: String, events: [String]) throws {
    #expect(try parse(text) == events)
  }

  @Test("gives the same events wherever its bytes are cut", arguments: ["\n", "\r\n", "\r"])
  func everyCut(end: String) throws {
    let text = "\u{FEFF}: hi\(end)data: é€😀\(end)data: 👩‍👩‍👧\(end)\(end)data: naïve\(end)\(end)"
    let bytes = Array(text.utf8)
    let whole = ["é€😀\n👩‍👩‍👧", "naïve"]
    for cut in 0...bytes.count {
      var parser = EventStreamParser()
      let parsed = try parser.feed(bytes[..<cut]) + parser.feed(bytes[cut...])
      #expect(parsed.map(\.data) == whole, "cut at \(cut)")
    }
    var parser = EventStreamParser()
    var events: [String] = []
    for byte in bytes { events += try parser.feed([byte]).map(\.data) }
    #expect(events == whole)
  }

  @Test("names its events, each for itself")
  func names() throws {
    var parser = EventStreamParser()
    let events = try parser.feed(Array("event: error\ndata: a\n\ndata: b\n\nevent:x\n\nevent: y\ndata: c".utf8))
    #expect(events == [ServerSentEvent(name: "error", data: "a"), ServerSentEvent(name: nil, data: "b")])
    #expect(try parser.end() == ServerSentEvent(name: "y", data: "c"))
    #expect(try parser.end() == nil)
  }

  @Test("is refused where a line or an event grows without end")
  func tooLong() throws {
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64 * 1024)
    var parser = EventStreamParser()
    #expect(throws: EventStreamParser.TooLong.self) {
      for _ in 0...(Limits.streamLineBytesMax / piece.count) { _ = try parser.feed(piece) }
    }
    var another = EventStreamParser()
    #expect(throws: EventStreamParser.TooLong.self) {
      for _ in 0...(Limits.streamLineBytesMax / piece.count) {
        _ = try another.feed(Array("data: ".utf8) + piece + Array("\n".utf8))
      }
    }
  }

  @Test("keeps its place over bytes that are not UTF-8")
  func invalidBytes() throws {
    var parser = EventStreamParser()
    #expect(
      try parser.feed(Array("data: a".utf8) + [0xFF, 0xC3] + Array("b\n\ndata: c\n\n".utf8)).map(\.data) == [
        "a\u{FFFD}\u{FFFD}b", "c",
      ])
  }
}
