import Testing

@testable import Agents

struct LenientJSONTests {
  private static func text(_ text: String) -> LenientJSON { .text(UTF16String(text)) }

  @Test(
    arguments: [
      (
        #" {"a":[1,-2.5e1,true,false,null,"x"],"b":{}} "#,
        .map(["a": .list([.number(1), .number(-25), .bool(true), .bool(false), .null, text("x")]), "b": .map([:])])
      ),
      (#""\"\\\/\b\f\n\r\té😀 \u00e9\ud83d\ude00""#, text("\"\\/\u{8}\u{C}\n\r\té😀 é😀")),
      (#"[NaN,Infinity,-Infinity]"#, .list([.null, .null, .null])), ("\u{FEFF}[]", .list([])),
      (#"{"a":1,"a":2}"#, .map(["a": .number(2)])), (#""\ud83d""#, .text(UTF16String([0xD83D]))),
      ("\"a\nb\"", text("a\nb")),
      (#""\u0000""#, text("\u{0}")),
    ] as [(String, LenientJSON)])
  func `JSON and its common deviations are parsed`(written: String, value: LenientJSON) throws {
    #expect(try LenientJSON(written) == value)
  }

  @Test(arguments: [
    "", " ", "{", "[1", #"{"a"}"#, #"{"a":}"#, "[1,]", #""abc"#, #""\u12""#, #""\u12G4""#, #""\"#, "tru", "1 2",
    "{}x", "-", "e1",
    "+1", ".5", #"{a:1}"#, "ping", "-NAN", "-Nan", "-snan", "-INF", "-infinity", "[-NAN]",
  ])
  func `text that is not one JSON value is rejected`(written: String) {
    #expect(throws: LenientJSON.Malformed.self) { try LenientJSON(written) }
  }

  @Test func `values beyond the nesting limit are skipped without recursion`() throws {
    let deep = String(repeating: #"[{"a":"]"},"#, count: 50_000)
    let value = try LenientJSON(#"{"deep":\#(deep)1\#(String(repeating: "]", count: 50_000)),"b":"x"}"#)
    #expect(value["b"]?.nonEmptyString == "x")
    #expect(throws: LenientJSON.Malformed.self) { try LenientJSON(String(repeating: "[", count: 100_000)) }
  }

  @Test func `integers are clamped to 64 bits`() throws {
    for (written, number) in [("9223372036854775807", Int.max), ("-1e300", .min), ("1e999", .max), ("2.9", 2)] {
      #expect(try LenientJSON(written).int == number)
    }
    #expect(LenientJSON.number(.nan).int == nil && LenientJSON.number(-.infinity).int == .min)
  }
}
