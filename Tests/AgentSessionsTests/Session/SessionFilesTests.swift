import AgentSessions
import Core
import Foundation
import TestSupport
import Testing

@Suite("Files of a session", .timeLimit(.minutes(1)))
struct SessionFilesTests {
  private let photo = AttachedFile(id: "f1", name: "photo.png", mediaType: "image/png", size: 67)

  /// Asks with a file.
  private func request(_ bench: Bench, _ post: String, _ message: String) -> TurnRequest {
    var request = bench.request(post, message)
    request.files = [photo]
    request.fetch = { (file, folder) async throws(AttachmentFailure) in
      do throws(FolderError) {
        try folder.make()
        close(try folder.open(file.name, forWriting: true))
        return file.name
      } catch {
        throw AttachmentFailure(.notWritten, file: file.name)
      }
    }
    return request
  }

  @Test("reach the agent by name, and are fetched when it asks, into the conversation's folder")
  func fetched() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(request(bench, "p1", "look"))
    let ask = try await bench.agent.next()
    #expect(ask.request.files == [photo])
    let folder = ask.request.host.folder
    #expect(folder.path == bench.folder.path("sessions/channel-c-1"))
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    #expect(try await ask.request.host.fetch(photo, folder) == "photo.png")
    #expect(try folder.size(of: "photo.png") == 0)
    ask.finish("seen")
    try await bench.outbox.reaches(1)
    try await session.idle()
    let second = try await {
      _ = await session.submit(bench.request("p2", "and now?"))
      return try await bench.agent.next()
    }()
    #expect(second.request.files.isEmpty)
    #expect(
      second.request.history == [
        HistoryEntry(speaker: "alice", message: "look", files: [photo], answer: "seen", agent: "scripted")
      ])
    second.finish("ok")
  }

  @Test("are asked about again by a retry")
  func retried() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(request(bench, "p1", ""))
    try await bench.agent.next().finish("seen")
    try await bench.outbox.reaches(1)
    try await session.idle()
    _ = try await session.retry(bench.request("p2", ""))
    let again = try await bench.agent.next()
    #expect(again.request.files == [photo])
    again.finish("seen again")
  }

  @Test("that an agent hands back go with its answer; those outside of the folder are refused in words")
  func handedBack() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "draw"))
    let ask = try await bench.agent.next()
    let folder = ask.request.host.folder
    try folder.make()
    close(try folder.open("out/plot.png", forWriting: true))
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "/etc/passwd")
    ask.say("Here.")
    for path in ["out/plot.png", "/etc/passwd", "../../edgecrab.sqlite", "link", "missing"] { ask.hand(path) }
    ask.finish("")
    try await bench.outbox.reaches(1)
    let reply = try #require(await bench.outbox.replies.first)
    #expect(reply.files == [SessionFile(folder: folder, path: "out/plot.png")])
    #expect(
      reply.text == """
        Here.

        (I do not attach `/etc/passwd`: it lies outside of this conversation's folder.)

        (I do not attach `../../edgecrab.sqlite`: it lies outside of this conversation's folder.)

        (I do not attach `link`: it lies outside of this conversation's folder.)

        (I cannot attach `missing`: there is no such file.)
        """)
    try await session.idle()
    let next = try await bench.exchange(session, "p2", "and?", answer: "ok")
    #expect(next.history.first?.answer?.hasSuffix("[Attached: plot.png]") == true)
  }

  @Test("alone are an answer, and outlive a restart before they are posted")
  func alone() async throws {
    let folder = try TemporaryFolder()
    do {
      let bench = try Bench(folder)
      let session = await bench.registry.session(.channel("c"))
      _ = await session.submit(bench.request("p1", "draw") { _ in .later })
      let ask = try await bench.agent.next()
      try ask.request.host.folder.make()
      close(try ask.request.host.folder.open("plot.png", forWriting: true))
      ask.hand("plot.png")
      ask.finish("")
      try await session.idle()
      await bench.store.close()
    }
    let bench = try Bench(folder)
    try await bench.registry.sweep()
    _ = await bench.registry.session(.channel("c")).submit(bench.request("p1", "draw"))
    try await bench.outbox.reaches(1)
    let reply = try #require(await bench.outbox.replies.first)
    #expect(reply.text.isEmpty && reply.isResumed)
    #expect(reply.files.map(\.name) == ["plot.png"])
    close(try #require(reply.files.first).open())
  }

  @Test("go when the conversation begins anew, and at a start where nobody knows it any more")
  func removed() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let first = try await bench.exchange(session, "p1", "one", answer: "1").host.folder
    try first.make()
    _ = try await session.reset()
    #expect(!FileManager.default.fileExists(atPath: first.path))
    let second = try await bench.exchange(session, "p2", "two", answer: "2").host.folder
    try second.make()
    let stranger = SessionFolder(path: bench.folder.path("sessions/user-gone-7"))
    try stranger.make()
    try await bench.registry.sweep()
    #expect(FileManager.default.fileExists(atPath: second.path))
    #expect(!FileManager.default.fileExists(atPath: stranger.path))
  }
}
