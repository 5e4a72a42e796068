import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("Other sites in the browser")
struct OtherSitesTests {
  static let hosts: [(String, Int)] = [
    ("127.0.0.1", 200), ("127.0.0.1:8065", 200), ("localhost:8065", 200), ("LOCALHOST", 200), ("evil.example", 403),
    ("127.0.0.1.evil.example", 403), ("evil.example:8065", 403), ("", 403), ("127.0.0.1:80; script-src *", 403),
    ("127.0.0.1:80@evil.example", 403),
  ]

  @Test(arguments: hosts)
  func `a foreign host name for this machine is refused`(_ host: String, _ status: Int) async throws {
    try await withSandbox { sandbox in
      for path in ["/", "/api/v4/system/ping"] {
        let answer = try await RawHTTP.send("GET", sandbox.url + path, headers: [("Host", host)])
        #expect(answer.status == status)
      }
    }
  }

  @Test func `a foreign page can neither call, nor get tokens, nor open a WebSocket`() async throws {
    try await withSandbox { sandbox in
      let key = try #require(sandbox.pageURL.split(separator: "=").last.map(String.init))
      for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"] {
        let headers = [("Origin", origin), ("X-Sandbox-Key", key)]
        #expect(try await RawHTTP.send("POST", "\(sandbox.url)/page/session", headers: headers).status == 403)
        await #expect(throws: TestFailure.self) {
          try await RawWebSocket.connect(
            "\(sandbox.url)/api/v4/websocket",
            headers: [("Origin", origin), ("Authorization", "Bearer \(sandbox.botToken)")])
        }
      }
      let headers = [("Origin", sandbox.url), ("X-Sandbox-Key", key)]
      #expect(try await RawHTTP.send("POST", "\(sandbox.url)/page/session", headers: headers).status == 200)
    }
  }

  @Test func `tokens need the printed key, and the bot's is never given`() async throws {
    try await withSandbox { sandbox in
      for key in ["", "wrong"] {
        let answer = try await sandbox.pageSession(key: key)
        #expect(answer.status == 403)
        #expect(!answer.text.contains("token"))
      }
      let answer = try await sandbox.pageSession()
      #expect(answer.status == 200)
      #expect(!answer.text.contains(sandbox.botToken))
    }
  }

  @Test func `the page has a policy that allows no other scripts`() async throws {
    try await withSandbox { sandbox in
      let kinds = [
        "/": "text/html", "/page.js": "text/javascript", "/server.js": "text/javascript",
        "/markdown.js": "text/javascript", "/page.css": "text/css",
      ]
      for (path, kind) in kinds {
        let answer = try await RawHTTP.send("GET", sandbox.url + path)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "\(kind); charset=utf-8")
        #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'self';") == true)
        #expect(answer.headers["x-content-type-options"] == "nosniff")
      }
    }
  }
}
