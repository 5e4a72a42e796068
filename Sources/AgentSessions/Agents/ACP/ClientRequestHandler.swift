import Core

/// Does what an agent asks of its client: files of its folders, and people's permission.
actor ClientRequestHandler {
  private let agent: String
  private let files: ClientFileSystem
  private let ear: SessionUpdateReceiver
  /// Whom to turn to; nil between prompts, when nothing is permitted.
  private var host: AgentContext?
  private var questions: [Int: Task<PermissionOutcome, Never>] = [:]
  private var lastQuestion = 0

  init(agent: String, folders: [SessionFolder], ear: SessionUpdateReceiver) {
    self.agent = agent
    files = ClientFileSystem(folders: folders)
    self.ear = ear
  }

  func open(for host: AgentContext) { self.host = host }

  /// Nobody has to answer any more what was asked so far, and nobody is asked.
  func close() {
    host = nil
    for question in questions.values { question.cancel() }
  }

  func handle(_ method: String, _ params: JSON) async throws(RPCError) -> JSON {
    switch method {
    case "fs/read_text_file": return try files.read(params)
    case "fs/write_text_file": return try files.write(params)
    case "session/request_permission": return await permit(params)
    default: throw .unknown(method: method)
    }
  }

  private func permit(_ params: JSON) async -> JSON {
    guard let host, let call = ear.call(of: params["toolCall"] ?? .null, in: params["sessionId"]?.string),
      let question = ACPPermissionRequest(params, about: call, agent: agent)
    else { return ACPPermissionRequest.cancelled }
    // One at a time, or nobody would know which of them is answered.
    let before = Array(questions.values)
    let asking = Task {
      for earlier in before { _ = await earlier.value }
      return Task.isCancelled ? .silence : await ear.staysAlive { await host.permit(question.question) }
    }
    lastQuestion += 1
    let id = lastQuestion
    questions[id] = asking
    let answer = await asking.value
    questions[id] = nil
    return asking.isCancelled ? ACPPermissionRequest.cancelled : question.response(answer)
  }
}
