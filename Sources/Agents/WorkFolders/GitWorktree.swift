import Core
import Glibc
import Logging
import Processes

/// The git worktree of a conversation. It is in the conversation's folder and removed with it, on a branch of the
/// conversation's own, which stays.
///
/// Agents may write to the conversation's folder: no file in it decides which folder is used.
struct GitWorktree: Sendable {
  /// The absolute path of a folder in the repository.
  let repository: String
  /// The conversation's folder.
  let folder: SessionFolder
  let agent: String
  /// The gateway's environment, of which git gets the variables that are safe to pass on.
  let environment: [String: String]
  let logger: Logger

  /// Returns the worktree's path relative to the conversation's folder; different for different repositories.
  static func name(for repository: String) -> String { "\(parent)/\(SessionFolders.name(ofPath: repository))" }

  /// Returns the path, relative to the conversation's folder, that corresponds to `repository`, which may be a
  /// subfolder. Creates the worktree if it does not exist.
  ///
  /// - Throws: `AgentFailure` if it cannot be created.
  func path() async throws -> String {
    let subfolder = try await git(["rev-parse", "--show-prefix"]).split(separator: "\n").first ?? ""
    do {
      if !isComplete { try await create() }
    } catch let error as FolderError {
      throw AgentFailure(
        badFolder: "no worktree of \(shownRepository) can be created", agent: agent, detail: "\(error)")
    }
    return "\(name)/\(subfolder)"
  }

  private static let parent = "worktrees"

  private var name: String { Self.name(for: repository) }

  /// A file beside the worktree that exists once the worktree is complete.
  private var marker: String { "\(name).made" }

  private var shownRepository: String { repository.codeSpan(atMost: Limits.pathScalarsShown) }

  private var isComplete: Bool {
    let path = "\(folder.path)/\(name)"
    return fileType(of: "\(folder.path)/\(Self.parent)") == S_IFDIR && fileType(of: path) == S_IFDIR
      && access("\(path)/.git", F_OK) == 0 && (try? folder.size(of: marker)) != nil
  }

  private func create() async throws {
    try await refuseFilters()
    let path = "\(folder.path)/\(name)"
    let parent = "\(folder.path)/\(Self.parent)"
    if let type = fileType(of: parent), type != S_IFDIR { try Self.remove(parent) }
    try SessionFolder(path: parent).create()
    try? folder.remove(marker)
    try Self.remove(path)
    await removeEarlier()
    let branch = "edgecrab/\(folder.path.split(separator: "/").last ?? "")"
    let exists = (try? await git(["rev-parse", "--verify", "--quiet", "refs/heads/\(branch)"])) != nil
    _ = try await git(
      ["worktree", "add", "--force", "--quiet"] + (exists ? [path, branch] : ["-b", branch, path]))
    try folder.write([], to: marker)
    logger.info("worktree created", metadata: ["agent": "\(agent)", "path": "\(path)", "branch": "\(branch)"])
  }

  /// Removes git's records of the worktrees that this conversation had before it started over. Others that are missing
  /// may be on a disk that is not mounted now.
  private func removeEarlier() async {
    guard let list = try? await git(["worktree", "list", "--porcelain"]) else { return }
    for path in earlierPaths(in: list) { _ = try? await git(["worktree", "remove", "--force", path]) }
  }

  private func earlierPaths(in list: String) -> [String] {
    guard let dash = folder.path.lastIndex(of: "-") else { return [] }
    let stem = folder.path[...dash]
    return list.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("worktree \(stem)") else { return nil }
      let path = String(line.dropFirst("worktree ".count))
      let generation = path.dropFirst(stem.count).prefix { $0 != "/" }
      let isEarlier = generation.allSatisfy(\.isNumber) && !path.hasPrefix("\(folder.path)/")
      return isEarlier && fileType(of: path) == nil ? path : nil
    }
  }

  /// Removes the file or folder at a path, without following a symbolic link, if one exists.
  private static func remove(_ path: String) throws(FolderError) {
    guard let type = fileType(of: path) else { return }
    if type == S_IFDIR { return try SessionFolder(path: path).removeAll() }
    guard unlink(path) == 0 else { throw FolderError(path: path) }
  }

  /// Throws if the repository's own configuration sets filters: they are programs, which an agent may have written.
  private func refuseFilters() async throws {
    let arguments = ["config", "--show-scope", "--name-only", "--get-regexp", #"^filter\..*\.(smudge|process)$"#]
    let (termination, output) = try await run(arguments)
    // The status is 1 if no filter is set.
    if termination.status == .exited(1) { return }
    try requireSuccess(termination)
    let own = output.split(separator: "\n").first { $0.hasPrefix("local\t") || $0.hasPrefix("worktree\t") }
    guard let own, let key = own.split(separator: "\t").last else { return }
    let filter = String(key).codeSpan(atMost: Limits.pathScalarsShown)
    throw AgentFailure(
      badFolder: "the repository of \(shownRepository) sets \(filter), a program that I do not run", agent: agent)
  }

  /// Runs git in the repository and returns its output.
  ///
  /// - Throws: `AgentFailure` if it fails.
  private func git(_ arguments: [String]) async throws -> String {
    let (termination, output) = try await run(arguments)
    try requireSuccess(termination)
    return output
  }

  private func requireSuccess(_ termination: ChildProcess.Termination) throws(AgentFailure) {
    guard termination.status != .exited(0) else { return }
    let error = TerminalText.plain(String(decoding: termination.error, as: UTF8.self))
    throw AgentFailure(
      badFolder: "git cannot create a worktree of \(shownRepository)", agent: agent,
      detail: "\(termination.status), \(error.singleLine(atMost: Limits.detailScalarsMax))")
  }

  /// Runs git in the repository. Runs no hooks and no file system monitor of the repository, and fetches nothing that a
  /// partial clone lacks, because agents may have configured those.
  private func run(_ arguments: [String]) async throws -> (ChildProcess.Termination, output: String) {
    let variables = Command.plainEnvironment(of: environment)
      .merging(["GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"]) { $1 }
    let command = Command(
      "git", ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"] + arguments, in: repository,
      environment: variables)
    let output = GitOutput()
    do {
      let termination = try await ChildProcess.run(command) { await output.append($0) }
      return (termination, await output.text)
    } catch let error as ProcessError {
      throw AgentFailure(badFolder: "git cannot be run", agent: agent, detail: "\(error)")
    }
  }
}

/// The beginning of git's output.
private actor GitOutput {
  private(set) var text = ""
  private var decoder = UTF8Decoder()

  func append(_ bytes: [UInt8]) {
    if let more = decoder.append(bytes), text.utf8.count < Self.bytesMax { text += more }
  }

  /// The longest output is the list of worktrees, with a few hundred bytes for each.
  private static let bytesMax = 256 * 1024
}
