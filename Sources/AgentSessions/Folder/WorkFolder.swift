import Files
import FoundationEssentials
import Glibc
import Logging
import Processes
public import RuleEngine
import Vocabulary

/// Finds the folder in which an agent's program works: the conversation's own, or that of a project.
struct WorkFolder: Sendable {
  let agent: String
  let project: ProjectFolder?
  /// The gateway's own variables, of which git gets the plain ones.
  let environment: [String: String]
  let logger: Logger

  /// Returns the path for a message. A git worktree is made for its conversation if there is none yet.
  ///
  /// - Throws: `AgentFailure` if the folder cannot be used.
  func path(for request: AgentRequest) async throws -> String {
    guard let project else { return request.host.folder.path }
    let path = try Self.path(of: project, for: request.origin, agent)
    return project.isWorktree ? try await worktree(of: path, in: request.host.folder) : path
  }

  private static func path(
    of project: ProjectFolder, for origin: MessageOrigin, _ agent: String
  ) throws(AgentFailure) -> String {
    let filled: String
    do throws(ProjectFolder.UnsafeValue) {
      filled = try project.filled { origin.value(of: $0) }
    } catch {
      let value = error.value.asCode(atMost: Limits.pathScalarsShown)
      throw AgentFailure(
        badFolder:
          "I make no folder's name of \(error.value.isEmpty ? "nothing" : value) (`{{\(error.placeholder.rawValue)}}`)",
        agent: agent)
    }
    // Links in what the file itself says are its author's; in the rest, somebody may have put one there.
    var path = project.fixedPath
    if let real = realpath(path, nil) {
      path = String(cString: real)
      free(real)
    }
    let rest = String(decoding: filled.utf8.dropFirst(project.fixedPath.utf8.count), as: UTF8.self)
    for name in rest.split(separator: "/") {
      path += (path.hasSuffix("/") ? "" : "/") + name
      var facts = stat()
      if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFLNK {
        throw AgentFailure(
          badFolder: "\(path.asCode(atMost: Limits.pathScalarsShown)) is a symbolic link", agent: agent)
      }
    }
    if let problem = FolderProblem(path: path) {
      throw AgentFailure(badFolder: problem.sentence(path.asCode(atMost: Limits.pathScalarsShown)), agent: agent)
    }
    return path
  }

  /// The worktree of a conversation, which lies in its own folder and goes with that. It is on a branch of the conversation's
  /// own, which stays.
  private func worktree(of repository: String, in folder: SessionFolder) async throws -> String {
    let name = "\(Self.worktrees)/\(SessionFolders.safe(String(repository.drop { $0 == "/" })))"
    let (place, done) = ("\(folder.path)/\(name)", "\(name).made")
    // It is written when all is there: one without it was not finished.
    if access("\(place)/.git", F_OK) == 0, let prefix = try? folder.read(done, bytesMax: Int(PATH_MAX)) {
      return place + String(decoding: prefix, as: UTF8.self)
    }
    // Below the root of the repository: the worktree has all of it, and the program works in the same part.
    let inner = try await git(["rev-parse", "--show-prefix"], in: repository).split(separator: "\n").first ?? ""
    let path = inner.split(separator: "/").map { "/" + $0 }.joined()
    try SessionFolder(path: place).removeAll()
    try SessionFolder(path: "\(folder.path)/\(Self.worktrees)").make()
    // Conversations that are over have left their worktrees' names.
    _ = try await git(["worktree", "prune"], in: repository)
    let branch = "edgecrab/\(folder.path.split(separator: "/").last ?? "")"
    let isThere = (try? await git(["rev-parse", "--verify", "--quiet", "refs/heads/\(branch)"], in: repository)) != nil
    _ = try await git(
      ["worktree", "add", "--force", "--quiet"] + (isThere ? [place, branch] : ["-b", branch, place]), in: repository)
    try folder.write(Array(path.utf8), to: done)
    logger.info("worktree made", metadata: ["agent": "\(agent)", "path": "\(place)", "branch": "\(branch)"])
    return place + path
  }

  /// Runs git in a folder and returns what it says. Hooks of the repository are not run: agents may have written them.
  private func git(_ words: [String], in folder: String) async throws -> String {
    let variables = Command.plainEnvironment(of: environment).merging(["GIT_TERMINAL_PROMPT": "0"]) { $1 }
    let command = Command("git", ["-c", "core.hooksPath=/dev/null"] + words, in: folder, environment: variables)
    let output = TextStream()
    let said = GitOutput()
    let end: ChildProcess.End
    do {
      end = try await ChildProcess.run(command) { bytes in
        if let text = await output.take(bytes) { await said.add(text) }
      }
    } catch let error as ProcessError {
      throw AgentFailure(badFolder: "git cannot be run", agent: agent, detail: "\(error)")
    }
    guard end.status == .exited(0) else {
      let words = TerminalText.plain(String(decoding: end.error, as: UTF8.self))
      throw AgentFailure(
        badFolder: "git can make no worktree of \(folder.asCode(atMost: Limits.pathScalarsShown))", agent: agent,
        detail: "\(end.status), \(words.onOneLine(atMost: Limits.detailScalarsMax))")
    }
    return await said.text
  }

  private static let worktrees = "worktrees"
}

/// What git says, as far as it is of use.
private actor GitOutput {
  private(set) var text = ""

  func add(_ more: String) {
    if text.utf8.count < Int(PATH_MAX) { text += more }
  }
}

extension MessageOrigin {
  /// What a place in a project's path is filled with.
  public func value(of placeholder: ProjectFolder.Placeholder) -> String {
    switch placeholder {
    case .channel: channelName
    case .channelID: channel
    case .user: userName
    case .userID: user
    }
  }
}

extension FolderProblem {
  /// What is wrong with the folder of this name.
  fileprivate func sentence(_ name: String) -> String {
    switch self {
    case .missing: "there is no folder \(name)"
    case .notFolder: "\(name) is not a folder"
    case .closed: "I may not read the folder \(name)"
    }
  }
}

extension AgentFailure {
  /// States why a project's folder cannot be used, as a clause.
  fileprivate init(badFolder why: String, agent: String, detail: String = "") {
    self.init(.badFolder, agent: agent, detail: detail.isEmpty ? why : "\(why): \(detail)", subject: why)
  }
}
