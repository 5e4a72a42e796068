import Agents
import Core
import Foundation
import MattermostIO
import RuleEngine
import Sandbox
import Sessions
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite
struct IncomingFilesTests {
  private static func rules(_ intake: String = "{}") -> String {
    """
    version: 1
    agents: { echo: { type: echo } }
    intake: \(intake)
    rules:
      - { name: all, when: { trigger: [mention, dm] }, agent: echo }
    """
  }

  @Test func `files of messages reach the agent by name, type and size`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules()) {
        let question = try await setting.sandbox.post(
          as: "alice", in: "dev", "@edgecrab read this",
          files: ["report.txt": Array("7 bytes".utf8), "plot.png": [0x89]])
        let answer = try await setting.sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
        #expect(
          answer.message == "read this\n\n[Files: report.txt (text/plain, 7 bytes), plot.png (image/png, 1 byte)]")
      }
    }
  }

  @Test func `files alone are a message in a direct channel`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules()) {
        let question = try await setting.sandbox.post(as: "alice", in: "@edgecrab", "", files: ["a.txt": [1]])
        let answer = try await setting.sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
        #expect(answer.message == "[File: a.txt (text/plain, 1 byte)]")
      }
    }
  }

  @Test func `files that are not admitted are named, and the message is answered all the same`() async throws {
    try await Setting.with { setting in
      let rules = Self.rules("{ max_file_size: 1KB, max_files: 1, file_types: [text/*, application/pdf] }")
      try await setting.withGateway(rules: rules) {
        let question = try await setting.sandbox.post(
          as: "alice", in: "dev", "@edgecrab look",
          files: ["a.txt": [1], "large.txt": [UInt8](repeating: 1, count: 1_025), "b.png": [1], "c.txt": [1]])
        for text in [
          "I did not accept `large.txt`: the message has too many files.\n"
            + "I did not accept `b.png`: the message has too many files.\n"
            + "I did not accept `c.txt`: the message has too many files.",
          "look\n\n[File: a.txt (text/plain, 1 byte)]",
        ] {
          _ = try await setting.sandbox.nextPost(after: question, within: patience) { $0.message == text }
        }
        let alone = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab", files: ["b.png": [1]])
        _ = try await setting.sandbox.nextPost(after: alone, within: patience) {
          $0.message == "I did not accept `b.png`: files of this type are not accepted here."
        }
        let large = try await setting.sandbox.post(
          as: "alice", in: "dev", "@edgecrab", files: ["large.txt": [UInt8](repeating: 1, count: 1_025)])
        _ = try await setting.sandbox.nextPost(after: large, within: patience) {
          $0.message == "I did not accept `large.txt`: it is too large."
        }
      }
    }
  }

  @Test func `files survive a restart with their message`() async throws {
    try await Setting.with { setting in
      // Nothing can be posted before the gateway ends.
      let failing = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        call.target == "POST /api/v4/posts" ? .answer("500 Oops") : .pass
      }
      try await setting.withGateway(through: failing, rules: Self.rules()) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab read", files: ["a.txt": [1]])
        try await wait(for: "a try") { failing.calls("POST /api/v4/posts").count > 0 }
      }
      try await setting.withGateway(rules: Self.rules()) {
        _ = try await setting.sandbox.nextPost(within: patience) {
          $0.message == "read\n\n[File: a.txt (text/plain, 1 byte)]"
        }
      }
    }
  }

  /// Runs `body` with a fetcher and the file of a post, in a folder of its own.
  private func fetch(
    _ content: [UInt8], named name: String = "a.txt", policy: IntakePolicy = IntakePolicy(),
    _ deed: @escaping @Sendable (ReceivedRequest, Int) -> InterceptingProxy.Intervention = { _, _ in .pass },
    _ body: (AttachmentFetcher, AttachedFile, SessionFolder) async throws -> Void
  ) async throws {
    let temporary = try TemporaryFolder()
    try await withOutbox(deed) { sandbox, outbox in
      let post = try await sandbox.post(as: "alice", in: "dev", "", files: [name: content])
      let file = try #require(try await outbox.posts.client.post(PostID(post)).attachedFiles.first)
      let fetcher = AttachmentFetcher(client: outbox.posts.client, policy: policy, logger: .silent)
      try await body(fetcher, file, SessionFolder(path: temporary.path("folder")))
    }
  }

  private func content(_ folder: SessionFolder) -> [String] {
    (try? FileManager.default.subpathsOfDirectory(atPath: folder.path + "/files"))?.filter { $0.contains("/") } ?? []
  }

  @Test func `files are downloaded once, completely, and readable by the gateway alone`() async throws {
    let large = [UInt8](repeating: 7, count: 2_000_000)
    let calls = Counter()
    try await fetch(
      large,
      { call, _ in
        if call.target.contains("/files/") { calls.increment() }
        return .pass
      }
    ) { door, file, folder in
      let path = try await door.fetch(file, into: folder)
      #expect(path == "files/\(file.id)/a.txt")
      #expect(try await door.fetch(file, into: folder) == path)
      #expect(calls.count == 1)
      let url = URL(filePath: folder.path + "/" + path)
      #expect(try Data(contentsOf: url) == Data(large))
      #expect(try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test(
    arguments: [
      ("200 OK", String(repeating: "x", count: 99)), ("200 OK", "<html>log in</html>"), ("200 OK", ""),
      ("404 Not Found", "{}"), ("403 Forbidden", "{}"),
    ])
  func `files that differ from their description are not stored`(status: String, body: String) async throws {
    try await fetch(
      Array("hello".utf8),
      { call, _ in call.target.contains("GET /api/v4/files/") ? .answer(status, body: body) : .pass }
    ) { door, file, folder in
      await #expect {
        _ = try await door.fetch(file, into: folder)
      } throws: { ($0 as? AttachmentFailure)?.code == .unavailable }
      #expect(content(folder).isEmpty)
    }
  }

  @Test func `files are refused if the conversation's folder is full`() async throws {
    try await fetch(Array("hello".utf8)) { door, file, folder in
      try folder.create()
      let other = try folder.open("files/x/other", forWriting: true)
      #expect(ftruncate(other, Limits.filesBytesMax) == 0)
      close(other)
      await #expect {
        _ = try await door.fetch(file, into: folder)
      } throws: { ($0 as? AttachmentFailure)?.code == .tooLarge }
    }
  }

  @Test func `files of which only the ids are known are looked up`() async throws {
    try await fetch(Array("hello".utf8)) { door, file, _ in
      let bare = AttachedFile(id: file.id, name: "", mediaType: "", size: 0)
      #expect(await door.admit([bare]).files == [file])
      let unknown = AttachedFile(id: String(repeating: "x", count: 26), name: "", mediaType: "", size: 0)
      #expect(await door.admit([unknown]).refused.map(\.code) == [.unavailable])
    }
  }

  @Test(
    arguments: [
      ("a.txt", "a.txt"), ("../../etc/passwd", "_.._etc_passwd"), ("", "file"), ("...", "file"), ("/", "_"),
      (".bashrc", "bashrc"), ("-rf", "rf"), ("a\u{0}b\nc", "a b c"), ("a\\b", "a_b"), ("naïve 🦀.pdf", "naïve 🦀.pdf"),
      (String(repeating: "x", count: 300) + ".pdf", String(repeating: "x", count: 196) + ".pdf"),
      (String(repeating: "🦀", count: 100), String(repeating: "🦀", count: 50)),
    ])
  func `files get names that have no meaning to the file system`(name: String, safe: String) {
    #expect(FileName.safe(name) == safe)
  }
}
