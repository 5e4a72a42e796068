import Foundation
import TestSupport
import Testing

@testable import Transport

struct FileTransferTests {
  @Test func `a file is read while it is sent, with the size that it had when it was opened`() async throws {
    let folder = try TemporaryFolder()
    let content = [UInt8](repeating: 7, count: 3_000_000)
    let path = folder.path("large")
    try Data(content).write(to: URL(filePath: path))
    let requests = AsyncQueue<(head: String, body: [UInt8])>()
    let server = try TestServer { peer in
      requests((peer.readHead(), peer.readExactly(content.count)))
      peer.respond("201 Created")
    }
    let file = OpenFile(open(path, O_RDONLY))
    let response = try await HTTPClient.test.send(HTTPRequest("POST", server.url, body: .file(file)))
    #expect(response.status == 201)
    let request = try #require(await requests.next())
    #expect(request.head.contains("\r\nContent-Length: 3000000\r\n"))
    #expect(!request.head.contains("Transfer-Encoding") && !request.head.contains("Expect:"))
    #expect(request.body == content)
  }

  @Test func `an empty file is sent as an empty body`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "empty")
    let heads = AsyncQueue<String>()
    let server = try TestServer { peer in
      heads(peer.readHead())
      peer.respond("201 Created")
    }
    _ = try await HTTPClient.test.send(
      HTTPRequest("POST", server.url, body: .file(OpenFile(open(path, O_RDONLY)))))
    #expect(try #require(await heads.next()).contains("\r\nContent-Length: 0\r\n"))
  }

  @Test func `a file that becomes shorter while it is sent is an error`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("shrinking")
    try Data(repeating: 7, count: 3_000_000).write(to: URL(filePath: path))
    let file = OpenFile(open(path, O_RDONLY))
    #expect(truncate(path, 1_000) == 0)
    let server = try TestServer { peer in
      peer.readHead()
      peer.waitForClose()
    }
    await #expect {
      _ = try await HTTPClient.test.send(HTTPRequest("POST", server.url, body: .file(file)))
    } throws: { ($0 as? TransportError)?.code == .fileFailed }
  }

  @Test func `saving a body replaces the content of a file`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(String(repeating: "old", count: 100), to: "file")
    let server = try TestServer { peer in
      peer.readHead()
      peer.respond("200 OK", body: "new")
    }
    let file = open(path, O_RDWR)
    defer { close(file) }
    let stream = try await HTTPClient.test.stream(HTTPRequest("GET", server.url))
    #expect(try await stream.save(to: file) == 3)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
  }

  @Test func `a file that cannot be written is an error`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "file")
    let server = try TestServer { peer in
      peer.readHead()
      peer.respond("200 OK", body: "new")
    }
    let file = open(path, O_RDONLY)
    defer { close(file) }
    let stream = try await HTTPClient.test.stream(HTTPRequest("GET", server.url))
    await #expect { _ = try await stream.save(to: file) } throws: { ($0 as? TransportError)?.code == .fileFailed }
  }
}
