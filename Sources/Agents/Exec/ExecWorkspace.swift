import Core
import FoundationEssentials
import Glibc
import Logging

/// Prepares the folder and the environment of a program for one message: the message's files, the history, and
/// variables that describe them.
struct ExecWorkspace {
  /// The conversation's folder.
  let folder: SessionFolder
  /// The variables. They hold names that people choose: no shell may evaluate them.
  let variables: [String: String]
  /// The subfolder for the files of the response, a different one for each message.
  private let out: String

  /// Creates the files, downloading those of the message.
  init(for request: AgentRequest, logger: Logger) async throws {
    folder = request.services.folder
    try folder.create()
    out = "out/\(SessionFolders.safe(request.origin.post?.rawValue ?? ""))"
    let outFolder = SessionFolder(path: "\(folder.path)/\(out)")
    // Files of the response to an earlier version of the post.
    try outFolder.removeAll()
    try outFolder.create()
    var files: [String] = []
    for file in request.allFiles {
      do {
        files.append("\(folder.path)/\(try await request.services.fetch(file, into: folder))")
      } catch {
        logger.warning("file not given to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
      }
    }
    try folder.write(Self.lines(request.history.map(\.json)), to: Self.historyName)
    try folder.write(Self.lines(request.context.map(\.json)), to: Self.contextName)
    let origin = request.origin
    let values = [
      "SESSION": request.sessionID, "POST": origin.post?.rawValue ?? "", "THREAD": origin.thread?.rawValue ?? "",
      "CHANNEL": origin.channel?.rawValue ?? "", "CHANNEL_NAME": origin.channelName,
      "USER": origin.user?.rawValue ?? "", "USER_NAME": origin.userName,
      "HISTORY": "\(folder.path)/\(Self.historyName)", "CONTEXT": "\(folder.path)/\(Self.contextName)",
      "OUT": "\(folder.path)/\(out)",
      "FOLDER": folder.path,
      "FILES": files.joined(separator: "\n"),
    ]
    variables = Dictionary(
      uniqueKeysWithValues: values.map { ("EDGECRAB_" + $0, $0 == "FILES" ? $1 : $1.singleLine(atMost: 1_000)) })
  }

  /// Returns the paths of the files for the response, sorted by name, including those in subfolders. If there are too
  /// many, there is one more than a response may have. A folder that cannot be read is listed, so that people learn
  /// about it.
  func outputFiles() -> [String] {
    // The program may have removed the folder.
    guard access("\(folder.path)/\(out)", F_OK) == 0 else { return [] }
    var files: [String] = []
    var names = 0
    collect(below: out, depth: 0, &files, &names)
    return files
  }

  private func collect(below path: String, depth: Int, _ files: inout [String], _ names: inout Int) {
    guard let content = try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(path)") else {
      files.append(path)
      return
    }
    for name in content.sorted() {
      names += 1
      guard files.count <= Limits.answerFilesMax, names <= Limits.outNamesMax else { return }
      var facts = stat()
      let isFolder = lstat("\(folder.path)/\(path)/\(name)", &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
      // A folder below the depth limit is listed itself.
      if isFolder, depth < Limits.outFoldersDepthMax {
        collect(below: "\(path)/\(name)", depth: depth + 1, &files, &names)
      } else {
        files.append("\(path)/\(name)")
      }
    }
  }

  private static let historyName = "history.jsonl"
  private static let contextName = "context.jsonl"

  /// Returns values as JSON lines.
  private static func lines(_ values: [JSON]) -> [UInt8] { values.flatMap { Array(($0.text + "\n").utf8) } }
}

extension HistoryEntry {
  fileprivate var json: JSON {
    [
      "speaker": .string(speaker), "message": .string(files.named(below: message)),
      "answer": answer.map { .string($0) } ?? .null,
    ]
  }
}

extension ChatMessage {
  fileprivate var json: JSON { ["speaker": .string(speaker), "message": .string(files.named(below: text))] }
}
