import Core
import FoundationEssentials
import Glibc
import Logging

/// What a program finds when it is run for a message: a folder, the message's files in it, what was said before, and
/// variables that tell of all that.
struct ExecWorkspace {
  /// The conversation's folder.
  let folder: SessionFolder
  /// What the program is told. Names that people chose are in here too, so that nothing of it may be read by a shell.
  let variables: [String: String]
  /// Where the program leaves what goes with its answer, within the folder: another for each message.
  private let out: String

  /// Lays everything out.
  init(for request: AgentRequest, logger: Logger) async throws {
    folder = request.host.folder
    try folder.make()
    out = "out/\(SessionFolders.safe(request.origin.post))"
    let outFolder = SessionFolder(path: "\(folder.path)/\(out)")
    // What an earlier edit of the post left was handed back then.
    try outFolder.removeAll()
    try outFolder.make()
    var files: [String] = []
    for file in request.allFiles {
      do {
        files.append("\(folder.path)/\(try await request.host.fetch(file, folder))")
      } catch {
        logger.warning("file not given to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
      }
    }
    try folder.write(Self.lines(request.history.map(\.json)), to: Self.historyName)
    try folder.write(Self.lines(request.context.map(\.json)), to: Self.contextName)
    let origin = request.origin
    let told = [
      "SESSION": request.sessionID, "POST": origin.post, "THREAD": origin.thread, "CHANNEL": origin.channel,
      "CHANNEL_NAME": origin.channelName, "USER": origin.user, "USER_NAME": origin.userName,
      "HISTORY": "\(folder.path)/\(Self.historyName)", "CONTEXT": "\(folder.path)/\(Self.contextName)",
      "OUT": "\(folder.path)/\(out)",
      "FOLDER": folder.path,
      "FILES": files.joined(separator: "\n"),
    ]
    variables = Dictionary(
      uniqueKeysWithValues: told.map { ("EDGECRAB_" + $0, $0 == "FILES" ? $1 : $1.singleLine(atMost: 1_000)) })
  }

  /// Returns the files that the program has left, those of folders too, in the order of their names: one more than an answer
  /// may have if there are too many. A folder that cannot be read is among them, so that people hear of it.
  func leftBehind() -> [String] {
    // A program may have taken the folder away.
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
      // One that lies too deep is named as what it is: a folder.
      if isFolder, depth < Limits.outFoldersDepthMax {
        collect(below: "\(path)/\(name)", depth: depth + 1, &files, &names)
      } else {
        files.append("\(path)/\(name)")
      }
    }
  }

  private static let historyName = "history.jsonl"
  private static let contextName = "context.jsonl"

  /// Values as text, a line each.
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
