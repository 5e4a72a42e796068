import Foundation
import Logging
import RuleEngine
import TestSupport
import Testing

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct WorkFolderTests {
  private let temporary: TemporaryFolder
  /// The folder of all projects, without links in its path.
  private let projects: String
  private let folder: SessionFolder

  init() throws {
    temporary = try TemporaryFolder()
    let path = temporary.path("projects")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    projects = URL(filePath: path).resolvingSymlinksInPath().path
    folder = SessionFolder(path: URL(filePath: projects).deletingLastPathComponent().path + "/sessions/channel-c-1")
    try folder.create()
  }

  private func place(_ parts: [ProjectFolder.Part], isWorktree: Bool = true) -> WorkFolderResolver {
    WorkFolderResolver(
      agent: "tool", project: ProjectFolder(parts: parts, isWorktree: isWorktree),
      environment: ProcessInfo.processInfo.environment.merging(["HOME": temporary.url.path]) { $1 }, logger: .silent)
  }

  private func place(_ name: String) -> WorkFolderResolver { place([.text("\(projects)/\(name)")]) }

  private func request(user: String = "alice", in folder: SessionFolder? = nil) -> AgentRequest {
    return AgentRequest(
      message: "hello", speaker: user, sessionID: "c#1", origin: MessageOrigin(userName: user),
      services: DetachedAgentContext(folder: folder ?? self.folder))
  }

  private func failure(_ place: WorkFolderResolver, user: String = "alice") async throws -> AgentFailure {
    do {
      let path = try await place.path(for: request(user: user))
      Issue.record("\(path) can be used")
      return AgentFailure(.other, agent: "tool")
    } catch let failure as AgentFailure {
      return failure
    }
  }

  private func shell(_ text: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-ec", text]
    process.currentDirectoryURL = URL(filePath: projects)
    process.environment = ProcessInfo.processInfo.environment.merging(["HOME": temporary.url.path]) { $1 }
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }

  private func makeRepository(_ name: String) throws {
    try shell(
      """
      git init -q \(name); cd \(name); git config user.email a@example.com; git config user.name a
      mkdir part; echo \(name) > part/file; git add .; git commit -qm one
      """)
  }

  @Test func `a program works in the same part of the worktree, whatever an agent writes beside it`() async throws {
    try makeRepository("web")
    let place = place("web/part")
    let path = try await place.path(for: request())
    #expect(path.hasPrefix(folder.path + "/worktrees/") && path.hasSuffix("/part"))
    let worktree = String(path.dropLast("/part".count))
    try "/../../../..".write(toFile: worktree + ".made", atomically: false, encoding: .utf8)
    try "kept".write(toFile: path + "/kept", atomically: false, encoding: .utf8)
    #expect(try await place.path(for: request()) == path)
    #expect(FileManager.default.fileExists(atPath: path + "/kept"))
    try shell("rm -r '\(path)'; ln -s /etc '\(path)'")
    #expect(try await failure(place).subject.hasSuffix(" is a symbolic link"))
  }

  @Test(arguments: [false, true])
  func `a worktree replaced by a link is created again, and the link's target stays`(isParent: Bool) async throws {
    try makeRepository("web")
    try shell("mkdir -p other/part; echo kept > other/kept; touch other/.git")
    let place = place("web")
    let path = try await place.path(for: request())
    let name = String(path.split(separator: "/").last ?? "")
    let link = isParent ? folder.path + "/worktrees" : path
    try shell("rm -r '\(link)'; ln -s '\(projects)/other' '\(link)'; mkdir other/\(name); touch other/\(name)/kept")
    #expect(try await place.path(for: request()) == path)
    #expect(try FileManager.default.attributesOfItem(atPath: link)[.type] as? FileAttributeType == .typeDirectory)
    #expect(FileManager.default.fileExists(atPath: path + "/part/file"))
    #expect(FileManager.default.fileExists(atPath: "\(projects)/other/\(name)/kept"))
  }

  @Test func `repositories with similar paths have different worktrees`() async throws {
    for name in ["a-b", "a_b", "a.b"] { try makeRepository(name) }
    try shell("mkdir a")
    try makeRepository("a/b")
    var paths: Set<String> = []
    for name in ["a-b", "a_b", "a.b", "a/b"] {
      let path = try await place(name).path(for: request())
      #expect(try String(contentsOfFile: path + "/part/file", encoding: .utf8) == name + "\n")
      paths.insert(path)
    }
    #expect(paths.count == 4)
    #expect(SessionFolders.name(ofPath: "/a") == "a-07d66707b49cd92d")
  }

  @Test func `creating a worktree runs no program of the repository's configuration`() async throws {
    try makeRepository("web")
    try shell(
      """
      cd web; echo '* filter=own' > .gitattributes; git add .; git commit -qm two
      git config core.fsmonitor "touch \(projects)/watched"
      """)
    _ = try await place("web").path(for: request())
    try shell("git -C web config filter.own.smudge 'touch \(projects)/smudged; cat'")
    // The existing one is used again.
    _ = try await place("web").path(for: request())
    try shell("rm -r '\(folder.path)/worktrees'")
    #expect(
      try await failure(place("web")).subject
        == "the repository of `\(projects)/web` sets `filter.own.smudge`, a program that I do not run")
    for name in ["watched", "smudged"] { #expect(!FileManager.default.fileExists(atPath: "\(projects)/\(name)")) }
  }

  @Test func `git's records of other missing worktrees stay`() async throws {
    try makeRepository("web")
    try shell("git -C web worktree add -q -b other ../away; mv away unmounted")
    _ = try await place("web").path(for: request())
    try shell("mv unmounted away; git -C away status")
  }

  @Test func `git's records of the conversation's earlier worktrees are removed, and no others`() async throws {
    try makeRepository("web")
    for name in ["channel-c-1", "channel-c-d-1", "channel-c-2"] {
      let request = request(in: SessionFolder(path: folder.path.replacing("channel-c-1", with: name)))
      try request.services.folder.create()
      _ = try await place("web").path(for: request)
      try shell("rm -r '\(request.services.folder.path)'")
    }
    let known = try FileManager.default.contentsOfDirectory(atPath: projects + "/web/.git/worktrees")
    #expect(known.count == 2, "\(known)")
  }

  @Test func `a worktree that cannot be created is reported`() async throws {
    try makeRepository("web")
    let path = try await place("web").path(for: request())
    try shell("rm '\(path).made'; mkdir '\(path).made'")
    let failed = try await failure(place("web"))
    #expect(failed.code == .badFolder && failed.subject == "no worktree of `\(projects)/web` can be created")
  }

  @Test func `a value that is not a name is rejected in the path of a folder`() async throws {
    let place = place([.text("\(projects)/"), .placeholder(.user)], isWorktree: false)
    #expect(try await failure(place, user: "_jan").subject == "`_jan` cannot be part of a folder's name")
    #expect(try await failure(place, user: "").subject == "`{{user}}` is empty")
  }

  @Test(arguments: [false, true])
  func `a message of another person does not join a program in a personal folder`(isWorktree: Bool) async throws {
    try makeRepository("alice")
    try makeRepository("bob")
    let place = place([.text("\(projects)/"), .placeholder(.user), .text("/part")], isWorktree: isWorktree)
    let path = try await place.path(for: request())
    #expect(place.isPath(path, for: request()))
    #expect(!place.isPath(path, for: request(user: "bob")))
    #expect(!place.isPath(path, for: request(user: "carol")))
    let own = WorkFolderResolver(agent: "tool", project: nil, environment: [:], logger: .silent)
    #expect(own.isPath(folder.path, for: request(user: "bob")))
  }
}
