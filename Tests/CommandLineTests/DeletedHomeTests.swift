import Foundation
import Sandbox
import TestSupport
import Testing

/// Deleted files of a running gateway.
@Suite struct DeletedHomeTests {
  private func start(_ home: String, on sandbox: SandboxServer, _ more: [String] = []) async throws -> EdgecrabProcess {
    let process = try EdgecrabProcess(
      ["gateway", "start"] + more,
      environment: [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": home,
      ])
    try await process.says("Connected.")
    return process
  }

  /// Posts a message, and returns the answer.
  private func ask(_ text: String, _ sandbox: SandboxServer) async throws -> String {
    let question = try await sandbox.post(as: "alice", in: "dev", text)
    return try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }.message
  }

  @Test(.timeLimit(.minutes(2))) func `a deleted home is created again, with a log line and a health status`()
    async throws
  {
    let folder = try TemporaryFolder()
    let home = folder.path("home")
    try await withSandbox { sandbox in
      let first = try await start(home, on: sandbox, ["--health", "0"])
      let health = String(
        try #require(first.said.split(whereSeparator: \.isWhitespace).first { $0.hasSuffix("/health") }))
      #expect(try await ask("@edgecrab one", sandbox) == "one")
      // At once, or the gateway might create files in a folder that is being removed.
      try FileManager.default.moveItem(atPath: home, toPath: folder.path("gone"))
      try FileManager.default.removeItem(atPath: folder.path("gone"))
      try await first.says("the files of the store were deleted while the gateway runs")
      #expect(try await ask("@edgecrab two", sandbox) == "two")
      #expect(try await RawHTTP.send("GET", health).text.contains(#""state" : "restored""#))
      #expect(
        try await ask("!status", sandbox).contains("| Store | its files were deleted, and written again at "))
      first.kill()
      _ = try await first.ended()

      let second = try await start(home, on: sandbox)
      #expect(try await ask("@edgecrab three", sandbox) == "three")
      let answers = try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }.map(\.message)
      #expect(answers.count { $0 == "one" } == 1 && answers.count { $0 == "two" } == 1, "\(answers)")
      second.terminate()
      #expect(try await second.ended().status == 0)
    }
  }

  @Test(.timeLimit(.minutes(2))) func `a store that was replaced ends the gateway with an explanation`() async throws {
    let folder = try TemporaryFolder()
    try await withSandbox { sandbox in
      let process = try await start(folder.path("home"), on: sandbox)
      #expect(rename(try folder.write("", to: "other"), folder.path("home/edgecrab.sqlite")) == 0)
      let ended = try await process.ended()
      #expect(ended.status == 1)
      #expect(ended.errors.contains("was replaced by another file"), "\(ended.errors)")
    }
  }

  @Test(.timeLimit(.minutes(2))) func `the folder of a killed run on the sandbox is removed by the next one`()
    async throws
  {
    let temporary = try TemporaryFolder()
    let kept = try temporary.write("", to: "elsewhere/kept")
    try FileManager.default.createSymbolicLink(
      atPath: temporary.path("edgecrab-sandbox-link"), withDestinationPath: temporary.path("elsewhere"))
    func folders() throws -> Set<String> {
      Set(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path).filter { $0.hasPrefix("edgecrab-") })
    }
    func start() async throws -> EdgecrabProcess {
      let process = try EdgecrabProcess(["gateway", "start", "--sandbox"], environment: ["TMPDIR": temporary.url.path])
      try await process.says("Talk to the bot at")
      return process
    }
    let killed = try await start()
    let abandoned = try folders()
    killed.kill()
    _ = try await killed.ended()
    let running = try await start()
    let alive = try folders()
    #expect(alive.count == 2 && alive.intersection(abandoned) == ["edgecrab-sandbox-link"])
    let beside = try await start()
    #expect(try folders().isSuperset(of: alive))
    for process in [running, beside] {
      process.terminate()
      #expect(try await process.ended().status == 0)
    }
    #expect(try folders() == ["edgecrab-sandbox-link"] && FileManager.default.fileExists(atPath: kept))
  }
}
