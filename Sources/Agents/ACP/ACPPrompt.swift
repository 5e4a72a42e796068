import Core
import FoundationEssentials
import Logging

/// The content of a prompt.
///
/// Specification: https://agentclientprotocol.com/protocol/content
struct ACPPrompt {
  private(set) var blocks: [JSON] = []

  init() {}

  /// Creates a prompt that is a command of the agent's own, which agents recognize only at the beginning of a prompt.
  init(command: String) { append(text: command) }

  /// Creates the prompt for a request.
  ///
  /// - Parameters:
  ///   - unseen: the entries of the history that the agent does not know, oldest first.
  ///   - takesImages: whether the agent accepts images.
  init(_ request: AgentRequest, unseen: ArraySlice<HistoryEntry>, takesImages: Bool, logger: Logger) async {
    if !unseen.isEmpty {
      let entries = unseen.map { entry in
        entry.chatMessage.text(isShared: true)
          + (entry.answer.map { "\n\nThe answer to it: \($0.indentedAfterFirstLine)" } ?? "")
      }
      append(text: "[Earlier messages of this conversation]\n\(entries.joined(separator: "\n\n"))")
    }
    if !request.context.isEmpty { append(text: request.context.asBackground) }
    // An agent does not recognize one of its commands in a text after the author's name.
    let message = request.messages.map { message in
      ChatMessage(speaker: message.speaker, text: message.text)
        .text(isShared: request.isShared || message.text.looksLikeCommand)
    }
    .filter { !$0.isEmpty }.joined(separator: "\n\n")
    if !message.isEmpty { append(text: message) }
    await append(request.allFiles, of: request, logger: logger)
    if takesImages {
      for case .image(let type, let base64) in await InlineAttachments(of: request, logger: logger).contents {
        blocks.append(["type": "image", "mimeType": .string(type), "data": .string(base64)])
      }
    }
  }

  mutating func append(_ other: ACPPrompt) { blocks += other.blocks }

  private mutating func append(text: String) { blocks.append(["type": "text", "text": .string(text)]) }

  /// Downloads the files and links to them in the conversation's folder; names those that cannot be downloaded.
  private mutating func append(_ files: [AttachedFile], of request: AgentRequest, logger: Logger) async {
    for file in files {
      do throws(AttachmentFailure) {
        let folder = request.services.folder
        let path = "\(folder.path)/\(try await request.services.fetch(file, into: folder))"
        let link: JSON = [
          "type": "resource_link", "uri": .string(URL(filePath: path).absoluteString),
          "name": .string(file.name.singleLine(atMost: Limits.acpTitleScalarsMax)),
          "size": .int(file.size),
        ]
        blocks.append(file.mediaType.isEmpty ? link : link.appending(["mimeType": .string(file.mediaType)]))
      } catch {
        logger.warning("file not given to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
        append(text: "[\(file.line)]")
      }
    }
  }
}

extension AgentRequest {
  /// Returns the message if it is a command that the agent announces, such as `/compact now`, of an author who may use
  /// it.
  func command(of controls: AgentControls) -> String? {
    guard isAgentCommand, more.isEmpty, files.isEmpty, message.first == "/" else { return nil }
    let name = message.dropFirst().prefix { !$0.isWhitespace }
    return controls.commands.contains { $0.name == name } ? message : nil
  }
}

extension String {
  /// True if the first visible character is a slash: agents may look for commands after white space.
  fileprivate var looksLikeCommand: Bool {
    let first = unicodeScalars.first { scalar in
      let properties = scalar.properties
      return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
        && properties.generalCategory != .control
    }
    return first == "/"
  }
}

/// The end of a response, which may be to several prompts.
struct PromptResult {
  /// The reason why the agent stopped, by the result of the last prompt.
  private(set) var stopReason = ""
  private var usage: TokenUsage?

  /// Adds the result of a prompt.
  ///
  /// - Parameter counted: the tokens that the agent had counted in the session before; afterwards, those until now.
  mutating func add(_ result: JSON, since counted: inout TokenUsage) {
    stopReason = result["stopReason"]?.string ?? ""
    guard let sum = TokenUsage(acp: result["usage"]) else { return }
    let added = sum.added(since: counted)
    counted = sum
    usage = TokenUsage(
      input: Limits.credible((usage?.input ?? 0) + added.input),
      output: Limits.credible((usage?.output ?? 0) + added.output))
  }

  /// The last parts of the response.
  var parts: [ResponsePart] {
    let usage = usage.map { [ResponsePart.usage($0)] } ?? []
    switch stopReason {
    case "max_tokens", "max_turn_requests": return usage + [.truncated(.agentLimit)]
    case "refusal": return usage + [.truncated(.filtered)]
    default: return usage
    }
  }
}

/// An agent's session as it is saved, for a program that is started again.
struct SavedACPSession: Equatable {
  /// The session's id.
  var session: String
  /// The tokens that the agent had counted in the session when it last reported.
  var counted = TokenUsage()

  init(session: String, counted: TokenUsage = TokenUsage()) {
    self.session = session
    self.counted = counted
  }

  /// Parses saved text. Older versions saved the session's id alone.
  init(text: String) {
    self.init(session: text)
    guard let json = try? JSONDecoder().decode(JSON.self, from: Data(text.utf8)), let id = json["session"]?.string
    else { return }
    session = id
    counted = TokenUsage(
      input: Limits.credible(json["input"]?.int ?? 0), output: Limits.credible(json["output"]?.int ?? 0))
  }

  /// The text to save.
  var text: String {
    (["session": .string(session), "input": .int(counted.input), "output": .int(counted.output)] as JSON).text
  }
}

extension TokenUsage {
  /// Reads the tokens that an agent has counted in a session, over all prompts, or `nil` if it reports none.
  ///
  /// Specification: https://agentclientprotocol.com/rfds/session-usage
  init?(acp json: JSON?) {
    guard let json, let output = json["outputTokens"]?.int else { return nil }
    let inputs = ["inputTokens", "cachedReadTokens", "cachedWriteTokens"].compactMap { json[$0]?.int }
    self.init(
      input: Limits.credible(inputs.reduce(0) { $0 + Limits.credible($1) }), output: Limits.credible(output))
  }

  /// Returns the difference to an earlier sum. A sum that became smaller started over.
  func added(since earlier: TokenUsage) -> TokenUsage {
    guard input >= earlier.input, output >= earlier.output else { return self }
    return TokenUsage(input: input - earlier.input, output: output - earlier.output)
  }
}
