import Core
import Glibc
import Logging
import RuleEngine

/// Determines the folder in which an agent's program works: the conversation's own, a project's, or a worktree of that.
struct WorkFolderResolver: Sendable {
  let agent: String
  let project: ProjectFolder?
  /// The gateway's environment for git.
  let environment: [String: String]
  let logger: Logger

  /// Returns the path for a request, creating the conversation's worktree if it does not exist.
  ///
  /// - Throws: `AgentFailure` if the folder cannot be used.
  func path(for request: AgentRequest) async throws -> String {
    guard let project else { return request.services.folder.path }
    let path = try Self.path(of: project, for: request.origin, agent)
    guard project.isWorktree else { return path }
    let worktree = GitWorktree(
      repository: path, folder: request.services.folder, agent: agent, environment: environment, logger: logger)
    return try Self.below(request.services.folder.path, try await worktree.path(), agent)
  }

  /// Returns whether a request belongs to the folder in which a program works.
  func isPath(_ path: String, for request: AgentRequest) -> Bool {
    guard let project else { return path == request.services.folder.path }
    guard let projectPath = try? Self.path(of: project, for: request.origin, agent) else { return false }
    guard project.isWorktree else { return path == projectPath }
    let worktree = "\(request.services.folder.path)/\(GitWorktree.name(for: projectPath))"
    return path == worktree || path.hasPrefix(worktree + "/")
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
    // Symbolic links in the fixed part are the rules file's; those after it may be anybody's.
    var path = project.fixedPath
    if let real = realpath(path, nil) {
      path = String(cString: real)
      free(real)
    }
    return try below(path, String(decoding: filled.utf8.dropFirst(project.fixedPath.utf8.count), as: UTF8.self), agent)
  }

  /// Returns the path of a folder below another one, without symbolic links between them.
  private static func below(_ folder: String, _ rest: String, _ agent: String) throws(AgentFailure) -> String {
    var path = folder
    for name in rest.utf8.split(separator: UInt8(ascii: "/")).map({ String(decoding: $0, as: UTF8.self) }) {
      path += (path.hasSuffix("/") ? "" : "/") + name
      guard name != "..", fileType(of: path) != S_IFLNK else {
        throw AgentFailure(
          badFolder: "\(path.codeSpan(atMost: Limits.pathScalarsShown)) is a symbolic link", agent: agent)
      }
    }
    if let problem = FolderProblem(path: path) {
      throw AgentFailure(badFolder: problem.clause(path.codeSpan(atMost: Limits.pathScalarsShown)), agent: agent)
    }
    return path
  }
}

/// Returns the file type at a path, without following a symbolic link, or `nil` if no file exists.
func fileType(of path: String) -> mode_t? {
  var facts = stat()
  return lstat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
}

extension FolderProblem {
  /// The problem with the folder of this name, as a clause.
  fileprivate func clause(_ name: String) -> String {
    switch self {
    case .missing: "there is no folder \(name)"
    case .notFolder: "\(name) is not a folder"
    case .closed: "I may not read the folder \(name)"
    }
  }
}

extension AgentFailure {
  /// Creates the failure for a folder that cannot be used.
  ///
  /// - Parameter reason: a clause for people.
  init(badFolder reason: String, agent: String, detail: String = "") {
    self.init(.badFolder, agent: agent, detail: detail.isEmpty ? reason : "\(reason): \(detail)", subject: reason)
  }
}
