import Foundation
import Logging
import TestSupport
import Testing

@testable import Transport

struct ConnectionTraceTests {
  private func trace(_ url: String, _ settings: ConnectionSettings = ConnectionSettings()) async -> ConnectionTrace {
    await HTTPClient(logger: .silent, settings: settings).trace(HTTPRequest("GET", url))
  }

  @Test func `the trace of a successful request has the address and the response`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.respond("200 OK", headers: ["Date: Sun, 06 Nov 1994 08:49:37 GMT"], body: "good")
    }
    let trace = await trace(server.url)
    #expect(trace.reached == .connected)
    #expect(trace.address == "127.0.0.1")
    #expect(trace.proxyVariable == nil && trace.certificateExpiry == nil)
    let response = try trace.result.get()
    #expect(response.body == Array("good".utf8) && response.headers.date == 784_111_777)
  }

  @Test(arguments: ["", "yesterday", "Sun, 99 Foo 1994 08:49:37 GMT"])
  func `an invalid date is not parsed`(date: String) {
    #expect(HTTPHeaders([("Date", date)]).date == nil)
  }

  @Test func `a trace ends at the stage that failed`() async throws {
    let refused = await trace("http://127.0.0.1:\(try TestServer.closedPort())")
    #expect(refused.reached == .resolved)
    #expect(await trace("http://chat.invalid/").reached == .nothing)
    #expect(await trace("nonsense").reached == .nothing)
  }

  @Test(.enabled(if: TLSServer.isAvailable, "needs /usr/bin/openssl"))
  func `the trace of a TLS connection has the expiry of a trusted certificate`() async throws {
    let server = try TLSServer { peer in
      peer.readHead()
      peer.respond("200 OK")
    }
    let url = "https://localhost:\(server.port)/"
    let trusted = await trace(url, ConnectionSettings(certificateFile: server.certificateFile))
    #expect(trusted.reached == .secured)
    let end = try #require(trusted.certificateExpiry)
    let now = Int(Date().timeIntervalSince1970)
    #expect((now + 80_000...now + 90_000).contains(end), "it was made for a day")
    let untrusted = try TLSServer { $0.readHead() }
    let failed = await trace("https://localhost:\(untrusted.port)/")
    #expect(failed.reached == .connected)
    #expect(throws: TransportError.self) { try failed.result.get() }
  }

  @Test(arguments: [
    ("Uses proxy env variable https_proxy == 'http://user:pa55@proxy:3128'", "https_proxy"),
    ("Uses proxy env variable no_proxy == 'localhost'", "no_proxy"), ("  Trying 127.0.0.1:80...", nil), ("", nil),
  ])
  func `of curl's talk only the variable's name is taken`(line: String, name: String?) {
    #expect(ConnectionTrace.proxyVariable(in: line) == name)
  }
}
