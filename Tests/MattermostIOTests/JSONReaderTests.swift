import Foundation
import Testing

@testable import MattermostIO

/// Our reader against Foundation's, which is slow and right.
@Suite struct JSONReaderTests {
  private static let good = [
    "{}", "[]", "null", "true", "false", "0", "-1", "1.5e-3", "12345678901234", #""""#, " \t\r\n[ 1 , 2 ] ",
    #"{"a":{"b":[{"c":null},[],{}]},"d":"x"}"#, #"{"":1}"#, #""\"\\\/\b\f\n\r\tx""#, #""é\u00e9\u4e16界""#,
    #""\ud83d\ude00 👩‍👩‍👧‍👦""#, #"["\u0000"]"#, #"{"posted":"{\"id\":\"a\\nb\"}"}"#,
  ]

  @Test(arguments: good) func `what is JSON says what Foundation reads in it`(text: String) throws {
    let tree = try JSONReader.read(Array(text.utf8))
    let expected = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    #expect(Self.description(tree) == Self.description(expected))
  }

  @Test(arguments: [
    "", " ", "{", "[", "]", "{]", "[1,]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, "[1 2]", "nul",
    "truth",
    "+1", ".5", "-", "1e", "0x10", "inf", "nan", #"""#, #""\"#, #""\x""#, #""\u12""#, #""\u12g4""#, "\"a\nb\"", "{} {}",
    "<html>", "[1]x", String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
  ])
  func `what is no JSON is refused`(text: String) {
    #expect(throws: JSONReader.Fault.self) { try JSONReader.read(Array(text.utf8)) }
  }

  @Test(arguments: [#""\ud83d""#, #""\ude00""#, #""\ud83d\n""#, #""\ud83dx""#, #""\ud83d\ud83d""#])
  func `half of a pair is a replacement character, and what follows is read`(text: String) throws {
    guard case .text(let read) = try JSONReader.read(Array(text.utf8)) else {
      Issue.record("no text")
      return
    }
    #expect(read.hasPrefix("\u{FFFD}"))
    #expect(read.unicodeScalars.count == (text.utf8.count > 8 ? 2 : 1))
  }

  @Test func `bytes that are no UTF-8 are replaced, and never crash`() throws {
    for byte in UInt8.min...UInt8.max {
      for text in [
        [0x22, byte, 0x22], [byte], [0x7B, byte], [0x22, 0x5C, byte, 0x22], [0x22, 0x5C, 0x75, byte, 0x22],
      ] {
        _ = try? JSONReader.read(text)
      }
    }
    #expect(try JSONReader.read([0x22, 0xFF, 0x22]) == .text("\u{FFFD}"))
  }

  private static func description(_ tree: JSONTree) -> String {
    switch tree {
    case .null: "null"
    case .flag(let value): "\(value)"
    case .number(let text): "\(Double(text) ?? .nan)"
    case .text(let text): "'\(text)'"
    case .list(let elements): "[\(elements.map(description).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\($0.key):\(description($0.value))" }.sorted().joined(separator: ","))}"
    }
  }

  private static func description(_ value: Any) -> String {
    switch value {
    case is NSNull: return "null"
    case let text as String: return "'\(text)'"
    case let list as [Any]: return "[\(list.map { description($0) }.joined(separator: ","))]"
    case let object as [String: Any]:
      return "{\(object.map { "\($0.key):\(description($0.value))" }.sorted().joined(separator: ","))}"
    case let number as NSNumber:
      // Foundation keeps a truth value as a number of one character.
      return String(cString: number.objCType) == "c" ? "\(number.boolValue)" : "\(number.doubleValue)"
    default: return "?"
    }
  }
}
