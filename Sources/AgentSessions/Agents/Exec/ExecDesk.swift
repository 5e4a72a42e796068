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
    out = "out/\(String(request.origin.post.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }))"
    try SessionFolder(path: "\(folder.path)/\(out)").make()
    var files: [String] = []
    for file in request.files {
      do {
        files.append("\(folder.path)/\(try await request.host.fetch(file, folder))")
      } catch {
        logger.warning("file not given to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
      }
    }
    try Self.write(request.history, to: Self.historyName, in: folder)
    let origin = request.origin
    let told = [
      "SESSION": request.sessionID, "POST": origin.post, "THREAD": origin.thread, "CHANNEL": origin.channel,
      "CHANNEL_NAME": origin.channelName, "USER": origin.user, "USER_NAME": request.speaker,
      "HISTORY": "\(folder.path)/\(Self.historyName)", "OUT": "\(folder.path)/\(out)",
      "FILES": files.joined(separator: "\n"),
    ]
    variables = Dictionary(
      uniqueKeysWithValues: told.map { ("EDGECRAB_" + $0, $0 == "FILES" ? $1 : $1.onOneLine(atMost: 1_000)) })
  }

  /// The files that the program has left, in the order of their names.
  func leftBehind() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(out)").sorted().map { "\(out)/\($0)" }
  }

  private static let historyName = "history.jsonl"

  /// A line of JSON an exchange, the oldest first.
  private static func write(_ history: [Exchange], to name: String, in folder: SessionFolder) throws {
    let lines = history.map { exchange in
      JSON.object([
        JSON.Member(key: "speaker", value: .string(exchange.speaker)),
        JSON.Member(key: "message", value: .string(exchange.files.named(below: exchange.message))),
        JSON.Member(key: "answer", value: exchange.answer.map { .string($0) } ?? .null),
      ]).text + "\n"
    }
    let file = try folder.open(name, forWriting: true)
    defer { close(file) }
    let bytes = Array(lines.joined().utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw FolderError(path: name) }
      written += count
    }
  }
}
