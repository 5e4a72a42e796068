import Agents
import Core
import Foundation
import Sessions
import TestSupport
import Testing

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionFilesTests {
  private let photo = AttachedFile(id: "f1", name: "photo.png", mediaType: "image/png", size: 67)

  /// Asks with a file.
  private func request(_ fixture: Fixture, _ post: String, _ message: String) -> TurnRequest {
    var request = fixture.request(post, message)
    request.files = [photo]
    return request.with {
      $0.fetch = { file, folder in
        try folder.create()
        close(try folder.open(file.name, forWriting: true))
        return file.name
      }
    }
  }

  @Test func `files reach the agent by name, and are fetched into the conversation's folder when it asks`() async throws
  {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(request(fixture, "p1", "look"))
    let ask = try await fixture.agent.next()
    #expect(ask.request.files == [photo])
    let folder = ask.request.services.folder
    #expect(folder.path == fixture.folder.path("sessions/channel-c-1"))
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    #expect(try await ask.request.services.fetch(photo, into: folder) == "photo.png")
    #expect(try folder.size(of: "photo.png") == 0)
    ask.finish("seen")
    try await fixture.delivered.reaches(1)
    try await session.idle()
    let second = try await {
      _ = await session.submit(fixture.request("p2", "and now?"))
      return try await fixture.agent.next()
    }()
    #expect(second.request.files.isEmpty)
    #expect(
      second.request.history == [
        HistoryEntry(speaker: "alice", message: "look", files: [photo], answer: "seen", agent: "scripted")
      ])
    second.finish("ok")
  }

  @Test func `a retry asks about the files of its message again`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(request(fixture, "p1", ""))
    try await fixture.agent.next().finish("seen")
    try await fixture.delivered.reaches(1)
    try await session.idle()
    _ = try await session.retry(fixture.request("p2", ""))
    let again = try await fixture.agent.next()
    #expect(again.request.files == [photo])
    again.finish("seen again")
  }

  @Test func `files that an agent hands back go with its answer; those outside of the folder are refused`() async throws
  {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "draw"))
    let ask = try await fixture.agent.next()
    let folder = ask.request.services.folder
    try folder.create()
    close(try folder.open("out/plot.png", forWriting: true))
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "/etc/passwd")
    ask.say("Here.")
    for path in ["out/plot.png", "/etc/passwd", "../../edgecrab.sqlite", "link", "missing"] { ask.hand(path) }
    ask.finish("")
    try await fixture.delivered.reaches(1)
    let reply = try #require(await fixture.delivered.replies.first)
    #expect(reply.files == [SessionFile(folder: folder, path: "out/plot.png")])
    #expect(
      reply.text == """
        Here.

        (I do not attach `/etc/passwd`: it is outside this conversation's folder.)

        (I do not attach `../../edgecrab.sqlite`: it is outside this conversation's folder.)

        (I do not attach `link`: it is outside this conversation's folder.)

        (I cannot attach `missing`: there is no such file.)
        """)
    try await session.idle()
    let next = try await fixture.exchange(session, "p2", "and?", answer: "ok")
    #expect(next.history.first?.answer?.hasSuffix("[Attached: plot.png]") == true)
  }

  @Test func `files alone are an answer, and survive a restart before they are posted`() async throws {
    let folder = try TemporaryFolder()
    do {
      let fixture = try await Fixture(folder)
      let session = fixture.registry.session(.channel("c"))
      _ = await session.submit(fixture.request("p1", "draw") { _ in .postponed })
      let ask = try await fixture.agent.next()
      try ask.request.services.folder.create()
      close(try ask.request.services.folder.open("plot.png", forWriting: true))
      ask.hand("plot.png")
      ask.finish("")
      try await session.idle()
      await fixture.store.close()
    }
    let fixture = try await Fixture(folder)
    try await fixture.registry.sweep()
    _ = await fixture.registry.session(.channel("c")).submit(fixture.request("p1", "draw"))
    try await fixture.delivered.reaches(1)
    let reply = try #require(await fixture.delivered.replies.first)
    #expect(reply.text.isEmpty && reply.isResumed)
    #expect(reply.files.map(\.name) == ["plot.png"])
    close(try #require(reply.files.first).open())
  }

  @Test func `files are removed when the conversation starts over, and at a start without their conversation`()
    async throws
  {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let first = try await fixture.exchange(session, "p1", "one", answer: "1").services.folder
    try first.create()
    _ = try await session.reset()
    #expect(!FileManager.default.fileExists(atPath: first.path))
    let second = try await fixture.exchange(session, "p2", "two", answer: "2").services.folder
    try second.create()
    let stranger = SessionFolder(path: fixture.folder.path("sessions/user-gone-7"))
    try stranger.create()
    try await fixture.registry.sweep()
    #expect(FileManager.default.fileExists(atPath: second.path))
    #expect(!FileManager.default.fileExists(atPath: stranger.path))
  }
}
