import Agents
import Core
import Foundation
import Sandbox
import Sessions
import TestSupport
import Testing

@testable import Gateway

@Suite
struct OutgoingFilesTests {
  private let temporary: TemporaryFolder
  private let folder: SessionFolder

  init() throws {
    temporary = try TemporaryFolder()
    folder = SessionFolder(path: temporary.path("folder"))
  }

  /// A reply with a number of files, each of which contains its own name.
  private func reply(_ text: String, files count: Int) throws -> Reply {
    let names = (1...count).map { "\($0).txt" }
    for name in names { _ = try temporary.write(name, to: "folder/\(name)") }
    return Reply(id: "r", text: text, files: names.map { SessionFile(folder: folder, path: $0) })
  }

  private func said(_ sandbox: SandboxServer) async throws -> [SandboxPost] {
    try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }
  }

  @Test func `files of answers follow the text, ten per post`() async throws {
    try await withOutbox { sandbox, outbox in
      let target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      #expect(await outbox.deliver(try reply("Here.", files: 12), to: target, by: .agent).delivery.isPosted)
      let posts = try await said(sandbox)
      #expect(posts.map(\.message) == ["Here.", "", ""])
      #expect(posts.map(\.files.count) == [0, 10, 2])
      #expect(posts[2].files == ["11.txt": "11.txt", "12.txt": "12.txt"])
    }
  }

  @Test func `files may be all of an answer`() async throws {
    try await withOutbox { sandbox, outbox in
      var target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      target.opening = "@alice"
      #expect(await outbox.deliver(try reply("", files: 1), to: target, by: .agent).delivery.isPosted)
      let posts = try await said(sandbox)
      #expect(posts.map(\.message) == ["@alice"] && posts.map(\.files) == [["1.txt": "1.txt"]])
    }
  }

  @Test func `files that are gone, or that the server refuses, are named as missing`() async throws {
    let large: @Sendable (ReceivedRequest, Int) -> InterceptingProxy.Intervention = { call, _ in
      call.target.hasPrefix("POST /api/v4/files") && call.target.contains("2.txt")
        ? .answer("413 Too Large", body: #"{"id":"api.file.upload_file.too_large","message":"File too large."}"#)
        : .pass
    }
    try await withOutbox(large) { sandbox, outbox in
      let target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      let reply = try reply("Here.", files: 3)
      try folder.remove("1.txt")
      #expect(await outbox.deliver(reply, to: target, by: .agent).delivery.isPosted)
      let posts = try await said(sandbox)
      #expect(
        posts.last?.message == "(I cannot attach `1.txt`.)\n(I cannot attach `2.txt`: File too large.)")
      #expect(posts.last?.files == ["3.txt": "3.txt"])
    }
  }

  @Test func `files are posted once, whatever response is lost`() async throws {
    // The first upload fails; the post with the files is taken, and its answer is lost.
    let lossy: @Sendable (ReceivedRequest, Int) -> InterceptingProxy.Intervention = { call, before in
      if call.target.hasPrefix("POST /api/v4/files"), before == 0 { return .answer("500 Oops") }
      if call.target == "POST /api/v4/posts", before == 1 { return .loseAnswer }
      return .pass
    }
    try await withOutbox(lossy) { sandbox, outbox in
      let target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      #expect(await outbox.deliver(try reply("Here.", files: 1), to: target, by: .agent).delivery.isPosted)
      #expect(try await said(sandbox).map(\.files) == [[:], ["1.txt": "1.txt"]])
    }
  }

  @Test func `files are uploaded once, however often their post is retried`() async throws {
    let uploads = Counter()
    let busy: @Sendable (ReceivedRequest, Int) -> InterceptingProxy.Intervention = { call, before in
      if call.target.hasPrefix("POST /api/v4/files") { uploads.increment() }
      return call.target == "POST /api/v4/posts" && before < 1 ? .answer("500 Oops") : .pass
    }
    try await withOutbox(busy) { sandbox, outbox in
      let target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      #expect(await outbox.deliver(try reply("", files: 2), to: target, by: .agent).delivery.isPosted)
      #expect(uploads.count == 2)
      #expect(try await said(sandbox).map(\.files.count) == [2])
    }
  }

  @Test func `files continue after a restart after those that are posted`() async throws {
    try await withOutbox { sandbox, outbox in
      let target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      var reply = try reply("Here.", files: 12)
      #expect(await outbox.deliver(reply, to: target, by: .agent).delivery.isPosted)
      // The last post was made and not noted.
      reply.postedCount = 1
      reply.isResumed = true
      #expect(await outbox.deliver(reply, to: target, by: .agent).delivery.isPosted)
      #expect(try await said(sandbox).map(\.files.count) == [0, 10, 2])
    }
  }
}
