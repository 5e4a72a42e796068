import Testing

@testable import Agents

struct EventStreamParserTests {
  private func parse(_ text: String) throws -> [String] {
    var parser = EventStreamParser()
    return try parser.parse(Array(text.utf8)).map(\.data)
  }

  @Test(arguments: [
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
  func `an event stream follows the standard's line rules`(text: String, events: [String]) throws {
    #expect(try parse(text) == events)
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `the events do not depend on where the bytes are cut`(end: String) throws {
    let text = "\u{FEFF}: hi\(end)data: é€😀\(end)data: 👩‍👩‍👧\(end)\(end)data: naïve\(end)\(end)"
    let bytes = Array(text.utf8)
    let whole = ["é€😀\n👩‍👩‍👧", "naïve"]
    for cut in 0...bytes.count {
      var parser = EventStreamParser()
      let parsed = try parser.parse(bytes[..<cut]) + parser.parse(bytes[cut...])
      #expect(parsed.map(\.data) == whole, "cut at \(cut)")
    }
    var parser = EventStreamParser()
    var events: [String] = []
    for byte in bytes { events += try parser.parse([byte]).map(\.data) }
    #expect(events == whole)
  }

  @Test func `each event has only its own name`() throws {
    var parser = EventStreamParser()
    let events = try parser.parse(Array("event: error\ndata: a\n\ndata: b\n\nevent:x\n\nevent: y\ndata: c".utf8))
    #expect(events == [ServerSentEvent(name: "error", data: "a"), ServerSentEvent(name: nil, data: "b")])
    #expect(try parser.end() == ServerSentEvent(name: "y", data: "c"))
    #expect(try parser.end() == nil)
  }

  @Test func `a line or an event beyond the limit is rejected`() throws {
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64 * 1024)
    var parser = EventStreamParser()
    #expect(throws: EventStreamParser.TooLong.self) {
      for _ in 0...(Limits.streamLineBytesMax / piece.count) { _ = try parser.parse(piece) }
    }
    var another = EventStreamParser()
    #expect(throws: EventStreamParser.TooLong.self) {
      for _ in 0...(Limits.streamLineBytesMax / piece.count) {
        _ = try another.parse(Array("data: ".utf8) + piece + Array("\n".utf8))
      }
    }
  }

  @Test func `invalid UTF-8 does not affect later events`() throws {
    var parser = EventStreamParser()
    #expect(
      try parser.parse(Array("data: a".utf8) + [0xFF, 0xC3] + Array("b\n\ndata: c\n\n".utf8)).map(\.data) == [
        "a\u{FFFD}\u{FFFD}b", "c",
      ])
  }
}
