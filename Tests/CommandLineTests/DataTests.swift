import Foundation
import Sandbox
import TestSupport
import Testing

/// Backups of a running gateway by the real program, and their restore.
@Suite(.timeLimit(.minutes(2)))
struct DataTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func start(_ home: String, on sandbox: SandboxServer) throws -> EdgecrabProcess {
    try EdgecrabProcess(
      ["gateway", "start"],
      environment: ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": home])
  }

  private func data(_ arguments: String..., home: String) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["data"] + arguments, environment: ["EDGECRAB_HOME": home]).ended()
  }

  private func ask(_ sandbox: SandboxServer, _ text: String) async throws -> String {
    let question = try await sandbox.post(as: "alice", in: "@edgecrab", text)
    return try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }.message
  }

  @Test func `a backup of a running gateway has the answers so far, and another gateway goes on from it`() async throws
  {
    let (home, file) = (folder.path("home"), folder.path("backup.tar"))
    try await withSandbox { sandbox in
      let process = try start(home, on: sandbox)
      try await process.says("Connected.")
      _ = try await ask(sandbox, "first question")
      let usage = try await ask(sandbox, "!usage")
      let backup = try await data("backup", file, home: home)
      #expect(backup.status == 0, "\(backup)")
      #expect(backup.output.hasPrefix("\(file): ") && backup.output.contains("journal.sqlite, edgecrab.sqlite"))
      #expect(!FileManager.default.fileExists(atPath: home + "/edgecrab.sqlite.copy"))
      // The gateway answers on, and its folder is not for a restore.
      _ = try await ask(sandbox, "second question")
      let refused = try await data("restore", "--replace", file, home: home)
      #expect(refused.status == 1 && refused.errors.contains("a gateway uses `\(home)`"), "\(refused)")
      process.terminate()
      #expect(try await process.ended().status == 0)
      let restored = try await data("restore", "--replace", file, home: home)
      #expect(restored.status == 0, "\(restored)")
      let again = try start(home, on: sandbox)
      try await again.says("Connected.")
      // The second answer is unknown to the backup, so that it is read and answered again first.
      #expect(try await ask(sandbox, "!usage").contains("Answers"), "\(usage)")
      again.terminate()
      #expect(try await again.ended().status == 0)
      let journal = try await EdgecrabProcess(
        ["rules", "journal", "--format", "json"], environment: ["EDGECRAB_HOME": home]
      ).ended()
      #expect(journal.status == 0 && journal.output.contains("\"answered\""), "\(journal)")
    }
  }

  @Test func `what a killed backup has left is removed by the gateway`() async throws {
    let home = folder.path("home")
    try await withSandbox { sandbox in
      let process = try start(home, on: sandbox)
      try await process.says("Connected.")
      let leftover = home + "/edgecrab.sqlite.copy"
      try FileManager.default.createDirectory(
        atPath: leftover, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try Data("old".utf8).write(to: URL(filePath: leftover + "/store.sqlite"))
      try await wait(for: "the leftover to go") { !FileManager.default.fileExists(atPath: leftover) }
      // A folder of another user, or one that others can read, is none of the gateway's.
      try FileManager.default.createDirectory(
        atPath: leftover, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
      try await Task.sleep(for: .seconds(3))
      #expect(FileManager.default.fileExists(atPath: leftover))
      process.terminate()
      #expect(try await process.ended().status == 0)
    }
  }

  @Test func `mistakes are sentences`() async throws {
    let home = folder.path("home")
    let nothing = try await data("backup", folder.path("backup.tar"), home: home)
    #expect(nothing.status == 1)
    #expect(
      nothing.errors
        == "edgecrab: there is no store in `\(home)`; set EDGECRAB_HOME to the folder of the gateway to back up\n")
    let missing = try await data("restore", folder.path("backup.tar"), home: home)
    #expect(missing.status == 1 && missing.errors.contains("cannot be read (no such file or directory)"))
    #expect(try await data("backup", home: home).status == 64)
  }
}
