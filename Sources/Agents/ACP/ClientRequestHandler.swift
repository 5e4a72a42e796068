import Core

/// Handles an agent's requests to its client: files of its folders, and permission of people.
actor ClientRequestHandler {
  private let agent: String
  private let files: ClientFileSystem
  private let receiver: SessionUpdateReceiver
  /// `nil` between prompts, when nothing is permitted.
  private var services: (any AgentContext)?
  private var questions: [Int: Task<PermissionOutcome, Never>] = [:]
  private var lastQuestion = 0

  init(agent: String, folders: [SessionFolder], receiver: SessionUpdateReceiver) {
    self.agent = agent
    files = ClientFileSystem(folders: folders)
    self.receiver = receiver
  }

  /// Begins to ask people for permission.
  func open(for services: any AgentContext) { self.services = services }

  /// Withdraws all questions, and asks no more.
  func close() {
    services = nil
    for question in questions.values { question.cancel() }
  }

  func handle(_ method: String, _ params: JSON) async throws(RPCError) -> JSON {
    switch method {
    case "fs/read_text_file": return try files.read(params)
    case "fs/write_text_file": return try files.write(params)
    case "session/request_permission": return await requestPermission(params)
    default: throw .unknown(method: method)
    }
  }

  private func requestPermission(_ params: JSON) async -> JSON {
    guard let services, let call = receiver.toolCall(of: params["toolCall"] ?? .null, in: params["sessionId"]?.string),
      let question = ACPPermissionRequest(params, about: call, agent: agent)
    else { return ACPPermissionRequest.cancelled }
    // One at a time: people could not tell which of several questions they answer.
    let earlier = Array(questions.values)
    let asking = Task { [receiver] in
      for question in earlier { _ = await question.value }
      return Task.isCancelled
        ? .silence : await receiver.waitForPeople { await services.requestPermission(question.request) }
    }
    lastQuestion += 1
    let id = lastQuestion
    questions[id] = asking
    let outcome = await asking.value
    questions[id] = nil
    return asking.isCancelled ? ACPPermissionRequest.cancelled : question.response(outcome)
  }
}

/// The files that an agent reads and writes through its client: those of the folder in which it works and of the
/// conversation's own folder, and no others.
///
/// Specification: https://agentclientprotocol.com/protocol/file-system
struct ClientFileSystem {
  /// Relative paths begin in the first one.
  let folders: [SessionFolder]

  /// Reads a text file, or some of its lines.
  func read(_ params: JSON) throws(RPCError) -> JSON {
    let bytes: [UInt8]
    do throws(FolderError) {
      let (folder, path) = try resolve(params)
      bytes = try folder.read(path, bytesMax: Limits.acpFileBytesMax)
    } catch {
      throw RPCError(error)
    }
    guard bytes.count <= Limits.acpFileBytesMax else {
      throw .failed("the file is larger than \(Limits.acpFileBytesMax) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .failed("the file is not text in UTF-8") }
    return ["content": .string(Self.lines(of: text, from: params["line"]?.int ?? 1, count: params["limit"]?.int))]
  }

  /// Writes a text file, replacing its content.
  func write(_ params: JSON) throws(RPCError) -> JSON {
    guard let content = params["content"]?.string else { throw .badParameters("`content` is missing") }
    do throws(FolderError) {
      let (folder, path) = try resolve(params)
      try folder.write(Array(content.utf8), to: path)
      return [:]
    } catch {
      throw RPCError(error)
    }
  }

  /// Returns the folder that a path leads into, and the path.
  private func resolve(_ params: JSON) throws(FolderError) -> (folder: SessionFolder, path: String) {
    let path = params["path"]?.string ?? ""
    let folder = path.hasPrefix("/") ? folders.first { path.utf8.starts(with: ($0.path + "/").utf8) } : folders.first
    guard let folder else { throw FolderError(.outside, path: path) }
    return (folder, path)
  }

  /// Returns `count` lines from the line `start`, counted from 1.
  private static func lines(of text: String, from start: Int, count: Int?) -> String {
    if start <= 1, count == nil { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(max(1, start) - 1)
    return lines.prefix(max(0, count ?? .max)).joined(separator: "\n")
  }
}

extension RPCError {
  fileprivate init(_ error: FolderError) {
    switch error.code {
    case .outside: self = .badParameters("the path is outside of your folder, or contains a symbolic link")
    case .noFile: self.init(code: -32_002, message: "there is no such file")
    case .notRegular: self = .failed("it is a folder or a device, not a file")
    case .failed: self = .failed(error.detail)
    }
  }
}
