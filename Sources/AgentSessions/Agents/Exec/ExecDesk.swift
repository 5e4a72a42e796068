import FoundationEssentials
import Glibc
import Logging
import Vocabulary

/// What a program finds when it is run for a message: a folder, the message's files in it, what was said before, and
/// variables that tell of all that.
struct ExecDesk {
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
    for file in request.files {
      do {
        files.append("\(folder.path)/\(try await request.host.fetch(file, folder))")
      } catch {
        logger.warning("file not given to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
      }
    }
    try Self.write(request.history.map(\.json), to: Self.historyName, in: folder)
    try Self.write(request.context.map(\.json), to: Self.contextName, in: folder)
    let origin = request.origin
    let told = [
      "SESSION": request.sessionID, "POST": origin.post, "THREAD": origin.thread, "CHANNEL": origin.channel,
      "CHANNEL_NAME": origin.channelName, "USER": origin.user, "USER_NAME": request.speaker,
      "HISTORY": "\(folder.path)/\(Self.historyName)", "CONTEXT": "\(folder.path)/\(Self.contextName)",
      "OUT": "\(folder.path)/\(out)",
      "FILES": files.joined(separator: "\n"),
    ]
    variables = Dictionary(
      uniqueKeysWithValues: told.map { ("EDGECRAB_" + $0, $0 == "FILES" ? $1 : $1.onOneLine(atMost: 1_000)) })
  }

  /// The files that the program has left, in the order of their names.
  func leftBehind() throws -> [String] {
    let path = "\(folder.path)/\(out)"
    // A program may have taken the folder away.
    guard access(path, F_OK) == 0 else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(out)/\($0)" }
  }

  private static let historyName = "history.jsonl"
  private static let contextName = "context.jsonl"

  /// Writes values a line each.
  private static func write(_ lines: [JSON], to name: String, in folder: SessionFolder) throws {
    let file = try folder.open(name, forWriting: true)
    defer { close(file) }
    let bytes = Array(lines.map { $0.text + "\n" }.joined().utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw FolderError(path: name) }
      written += count
    }
  }
}

extension Exchange {
  fileprivate var json: JSON {
    [
      "speaker": .string(speaker), "message": .string(files.named(below: message)),
      "answer": answer.map { .string($0) } ?? .null,
    ]
  }
}

extension Said {
  fileprivate var json: JSON { ["speaker": .string(speaker), "message": .string(text)] }
}
