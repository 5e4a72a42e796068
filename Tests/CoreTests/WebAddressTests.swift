import Core
import Testing

@Suite("The address of a server")
struct WebAddressTests {
  @Test(arguments: [
    ("https://chat.example.com", "https://chat.example.com"),
    ("https://chat.example.com/", "https://chat.example.com"),
    ("HTTP://Host:8065//", "http://Host:8065"), ("https://host/chat/", "https://host/chat"),
    ("http://[::1]:8065", "http://[::1]:8065"), ("http://[::ffff:127.0.0.1]/x", "http://[::ffff:127.0.0.1]/x"),
    ("http://a_b.local:65535", "http://a_b.local:65535"),
  ])
  func `an address loses slashes at its end`(written: String, text: String) throws {
    #expect(try WebAddress(written).text == text)
  }

  @Test func `an address may only have the allowed query parameters`() throws {
    for (written, text) in [
      ("https://host/a/?v=1", "https://host/a?v=1"), ("https://host?v=1&w=2-3.x", "https://host?v=1&w=2-3.x"),
      ("https://host/a/", "https://host/a"),
    ] {
      #expect(try WebAddress(written, parameters: ["v", "w"]).text == text)
    }
    for query in ["", "v", "v=", "=1", "v=1&", "v=1&x=secret", "v=1#w", "v=1?w=2", "V=1"] {
      #expect(throws: WebAddress.Problem.query) { try WebAddress("https://host/a?\(query)", parameters: ["v", "w"]) }
    }
  }

  @Test(arguments: [
    ("", WebAddress.Problem.scheme), ("chat.example.com", .scheme), ("ftp://user:secret@host", .scheme),
    ("https://", .host), ("https:///", .host), ("https:///secret", .host), ("https://:80", .host),
    ("http://[]", .host), ("http://[::1", .host), ("http://[secret]", .host), ("http://ho*st", .host),
    ("https://user:secret@host", .userInfo), ("https://secret@host/path", .userInfo),
    ("https://host/?secret", .query), ("https://host/#secret", .query),
    ("https://host:", .port), ("https://host:0", .port), ("https://host:65536", .port), ("https://host:+80", .port),
    ("https://host:-1", .port), ("https://host:99999999999999999999", .port), ("http://[::1]8065", .port),
    ("https://ho st", .character), ("https://host\n", .character), ("https://höst", .character),
    ("https://host/\u{0}", .character), ("https://host\\path", .character),
  ])
  func `a text that is not an address is refused without being quoted`(written: String, problem: WebAddress.Problem) {
    #expect(throws: problem) { try WebAddress(written) }
    #expect(!problem.description.contains("secret"))
  }
}
