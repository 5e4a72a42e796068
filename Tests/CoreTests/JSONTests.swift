import Core
import Foundation
import Testing

@Suite struct JSONTests {
  private let nasty = "\u{0}\u{1f}\"\\/\n\r\t\u{7f}\u{2028}é👩‍👩‍👧‍👦\u{202e}x"
  private var json: JSON { ["text": .string(nasty), "list": [1, true, .null, [:]], "empty": []] }

  @Test func `JSON text decodes to the value that it was written from`() throws {
    for text in [json.text, json.lines] {
      let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(read["text"] as? String == nasty)
      #expect((read["list"] as? [Any])?.count == 4)
    }
    #expect(json.text.hasPrefix("{\"text\":\"\\u0000\\u001f\\\"\\\\/\\n\\r\\t"))
  }

  @Test func `JSON lines have one line for each member and element`() {
    let json: JSON = ["b": [1, [:]], "a": .null, "none": []]
    #expect(
      json.lines == """
        {
          "b": [
            1,
            {}
          ],
          "a": null,
          "none": []
        }

        """)
    #expect(json.text == #"{"b":[1,{}],"a":null,"none":[]}"#)
  }
}
