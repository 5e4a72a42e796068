import Core
import Files
import FoundationEssentials
import Glibc
import Logging
import Processes
package import RuleEngine

/// Finds the folder in which an agent's program works: the conversation's own, or that of a project.
struct WorkFolderResolver: Sendable {
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
      let value = error.value.codeSpan(atMost: Limits.pathScalarsShown)
      throw AgentFailure(
        badFolder: error.value.isEmpty
          ? "`{{\(error.placeholder.rawValue)}}` is empty" : "\(value) cannot be part of a folder's name",
        agent: agent)
    }
    // Links in what the file itself says are its author's; in the rest, somebody may have put one there.
    var path = project.fixedPath
    if let real = realpath(path, nil) {
      path = String(cString: real)
      free(real)
    }
    return try below(path, String(decoding: filled.utf8.dropFirst(project.fixedPath.utf8.count), as: UTF8.self), agent)
  }

  /// Returns the path of a folder below another, to which no symbolic link leads.
  private static func below(_ folder: String, _ rest: String, _ agent: String) throws(AgentFailure) -> String {
    var path = folder
    for name in rest.utf8.split(separator: UInt8(ascii: "/")).map({ String(decoding: $0, as: UTF8.self) }) {
      path += (path.hasSuffix("/") ? "" : "/") + name
      guard name != "..", kind(of: path) != S_IFLNK else {
        throw AgentFailure(
          badFolder: "\(path.codeSpan(atMost: Limits.pathScalarsShown)) is a symbolic link", agent: agent)
      }
    }
    if let problem = FolderProblem(path: path) {
      throw AgentFailure(badFolder: problem.sentence(path.codeSpan(atMost: Limits.pathScalarsShown)), agent: agent)
    }
    return path
  }

  /// The type of what is at a path, which may be a symbolic link itself; `nil` if nothing is there.
  private static func kind(of path: String) -> mode_t? {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
  }

  /// Returns whether a program that works at a path can be told of a message, which must belong there, too.
  func isPath(_ path: String, for request: AgentRequest) -> Bool {
    guard let project else { return path == request.host.folder.path }
    guard let filled = try? Self.path(of: project, for: request.origin, agent) else { return false }
    guard project.isWorktree else { return path == filled }
    let place = "\(request.host.folder.path)/\(Self.name(ofWorktreeOf: filled))"
    return path == place || path.hasPrefix(place + "/")
  }

  /// The path of a repository's worktree in a conversation's folder: what lies at different paths has different ones.
  private static func name(ofWorktreeOf repository: String) -> String {
    "\(worktrees)/\(SessionFolders.name(ofPath: repository))"
  }

  /// The worktree of a conversation, which lies in its own folder and goes with that. It is on a branch of the
  /// conversation's own, which stays. Agents may write in the conversation's folder: nothing that lies there says which
  /// folder is used.
  private func worktree(of repository: String, in folder: SessionFolder) async throws -> String {
    let shown = repository.codeSpan(atMost: Limits.pathScalarsShown)
    let name = Self.name(ofWorktreeOf: repository)
    // Below the root of the repository: the worktree has all of it, and the program works in the same part.
    let inner = try await git(["rev-parse", "--show-prefix"], in: repository).split(separator: "\n").first ?? ""
    do {
      if !Self.isMade(name, in: folder) { try await makeWorktree(name, of: repository, in: folder) }
    } catch let error as FolderError {
      throw AgentFailure(badFolder: "no worktree of \(shown) can be made", agent: agent, detail: "\(error)")
    }
    return try Self.below(folder.path, "\(name)/\(inner)", agent)
  }

  /// Whether a worktree is complete: a file beside it, written when all was there, says so.
  private static func isMade(_ name: String, in folder: SessionFolder) -> Bool {
    kind(of: "\(folder.path)/\(worktrees)") == S_IFDIR && kind(of: "\(folder.path)/\(name)") == S_IFDIR
      && access("\(folder.path)/\(name)/.git", F_OK) == 0 && (try? folder.size(of: marker(of: name))) != nil
  }

  private static func marker(of name: String) -> String { "\(name).made" }

  private func makeWorktree(_ name: String, of repository: String, in folder: SessionFolder) async throws {
    try await requireNoFilters(repository)
    let place = "\(folder.path)/\(name)"
    let parent = "\(folder.path)/\(Self.worktrees)"
    // A link goes itself, never what it leads to.
    if let kind = Self.kind(of: parent), kind != S_IFDIR { try Self.remove(parent) }
    try SessionFolder(path: parent).make()
    try? folder.remove(Self.marker(of: name))
    try Self.remove(place)
    await forgetEarlier(in: folder, of: repository)
    let branch = "edgecrab/\(folder.path.split(separator: "/").last ?? "")"
    let isThere = (try? await git(["rev-parse", "--verify", "--quiet", "refs/heads/\(branch)"], in: repository)) != nil
    _ = try await git(
      ["worktree", "add", "--force", "--quiet"] + (isThere ? [place, branch] : ["-b", branch, place]), in: repository)
    try folder.write([], to: Self.marker(of: name))
    logger.info("worktree made", metadata: ["agent": "\(agent)", "path": "\(place)", "branch": "\(branch)"])
  }

  /// Has git forget the worktrees that this conversation had before it began anew. All others may be on a disk that is
  /// not mounted now.
  private func forgetEarlier(in folder: SessionFolder, of repository: String) async {
    guard let dash = folder.path.lastIndex(of: "-"),
      let list = try? await git(["worktree", "list", "--porcelain"], in: repository)
    else { return }
    let stem = folder.path[...dash]
    for line in list.split(separator: "\n") where line.hasPrefix("worktree \(stem)") {
      let path = String(line.dropFirst("worktree ".count))
      let generation = path.dropFirst(stem.count).prefix { $0 != "/" }
      guard generation.allSatisfy(\.isNumber), !path.hasPrefix("\(folder.path)/"), Self.kind(of: path) == nil else {
        continue
      }
      _ = try? await git(["worktree", "remove", "--force", path], in: repository)
    }
  }

  /// Removes what is at a path, a link itself; nothing if nothing is there.
  private static func remove(_ path: String) throws(FolderError) {
    guard let kind = Self.kind(of: path) else { return }
    if kind == S_IFDIR { return try SessionFolder(path: path).removeAll() }
    guard unlink(path) == 0 else { throw FolderError(path: path) }
  }

  /// Refuses a repository with filters of its own, which are programs: agents that work in it may have written them.
  private func requireNoFilters(_ repository: String) async throws {
    let words = ["config", "--show-scope", "--name-only", "--get-regexp", #"^filter\..*\.(smudge|process)$"#]
    let found = try await run(words, in: repository)
    // It ends with 1 if there are none at all.
    if found.end.status == .exited(1) { return }
    try require(found.end, in: repository)
    let own = found.said.split(separator: "\n").first { $0.hasPrefix("local\t") || $0.hasPrefix("worktree\t") }
    guard let own, let key = own.split(separator: "\t").last else { return }
    let filter = String(key).codeSpan(atMost: Limits.pathScalarsShown)
    let shown = repository.codeSpan(atMost: Limits.pathScalarsShown)
    throw AgentFailure(
      badFolder: "the repository of \(shown) sets \(filter), a program that I do not run", agent: agent)
  }

  /// Runs git in a folder and returns what it says.
  ///
  /// - Throws: `AgentFailure` if it fails.
  private func git(_ words: [String], in folder: String) async throws -> String {
    let (end, said) = try await run(words, in: folder)
    try require(end, in: folder)
    return said
  }

  private func require(_ end: ChildProcess.Termination, in folder: String) throws(AgentFailure) {
    guard end.status != .exited(0) else { return }
    let words = TerminalText.plain(String(decoding: end.error, as: UTF8.self))
    throw AgentFailure(
      badFolder: "git can make no worktree of \(folder.codeSpan(atMost: Limits.pathScalarsShown))", agent: agent,
      detail: "\(end.status), \(words.singleLine(atMost: Limits.detailScalarsMax))")
  }

  /// Runs git in a folder to its end. No hook of the repository is run, no monitor, and nothing is fetched that a
  /// partial clone lacks: agents may have written all that says so.
  private func run(_ words: [String], in folder: String) async throws -> (end: ChildProcess.Termination, said: String) {
    let variables = Command.plainEnvironment(of: environment)
      .merging(["GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"]) { $1 }
    let command = Command(
      "git", ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"] + words, in: folder,
      environment: variables)
    let output = UTF8Decoder()
    let said = GitOutput()
    do {
      let end = try await ChildProcess.run(command) { bytes in
        if let text = await output.take(bytes) { await said.add(text) }
      }
      return (end, await said.text)
    } catch let error as ProcessError {
      throw AgentFailure(badFolder: "git cannot be run", agent: agent, detail: "\(error)")
    }
  }

  private static let worktrees = "worktrees"
}

/// What git says, as far as it is of use.
private actor GitOutput {
  private(set) var text = ""

  func add(_ more: String) {
    if text.utf8.count < Self.bytesMax { text += more }
  }

  /// Worktrees are listed, at most some hundred bytes of each.
  private static let bytesMax = 256 * 1024
}

extension MessageOrigin {
  /// What a place in a project's path is filled with.
  package func value(of placeholder: ProjectFolder.Placeholder) -> String {
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
