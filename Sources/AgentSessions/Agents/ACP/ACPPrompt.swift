import Core
import FoundationEssentials
import Logging

/// A message as an agent of the Agent Client Protocol is told it: blocks of content.
///
/// Specification: https://agentclientprotocol.com/protocol/content
struct ACPPrompt {
  private(set) var blocks: [JSON] = []

  /// Says nothing yet.
  init() {}

  /// Gives a command of the agent's own, which it only knows at the beginning of all that it is told.
  init(command: String) { add(text: command) }

  /// Puts a message together, with what the agent has not heard before it.
  ///
  /// - Parameters:
  ///   - unheard: what was said in the conversation and not to this agent, oldest first.
  ///   - takesImages: whether the agent looks at images.
  init(_ request: AgentRequest, unheard: ArraySlice<HistoryEntry>, takesImages: Bool, logger: Logger) async {
    if !unheard.isEmpty {
      let lines = unheard.map { exchange in
        exchange.said.text(isShared: true) + (exchange.answer.map { "\n\nThe answer to it: \($0.setOff)" } ?? "")
      }
      add(text: "[What was said in this conversation before]\n\(lines.joined(separator: "\n\n"))")
    }
    if !request.context.isEmpty { add(text: request.context.asBackground) }
    // With the speaker's name before it, an agent does not take a text for one of its own commands.
    let message = request.said.map { said in
      ChatMessage(speaker: said.speaker, text: said.text).text(isShared: request.isShared || said.text.looksLikeCommand)
    }
    .filter { !$0.isEmpty }.joined(separator: "\n\n")
    if !message.isEmpty { add(text: message) }
    await add(request.allFiles, of: request, logger: logger)
    if takesImages {
      for case .image(let type, let base64) in await InlineAttachments(of: request, logger: logger).contents {
        blocks.append(["type": "image", "mimeType": .string(type), "data": .string(base64)])
      }
    }
  }

  /// Says what another does behind it.
  mutating func add(_ other: ACPPrompt) { blocks += other.blocks }

  private mutating func add(text: String) { blocks.append(["type": "text", "text": .string(text)]) }

  /// Names the files by where they lie in the conversation's folder; of one that cannot be had, the agent hears.
  private mutating func add(_ files: [AttachedFile], of request: AgentRequest, logger: Logger) async {
    for file in files {
      do throws(AttachmentFailure) {
        let path = "\(request.host.folder.path)/\(try await request.host.fetch(file, request.host.folder))"
        let link: JSON = [
          "type": "resource_link", "uri": .string(URL(filePath: path).absoluteString),
          "name": .string(file.name.singleLine(atMost: Limits.acpTitleScalarsMax)),
          "size": .int(file.size),
        ]
        blocks.append(file.mediaType.isEmpty ? link : link.appending(["mimeType": .string(file.mediaType)]))
      } catch {
        logger.warning("file not given to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
        add(text: "[\(file.line)]")
      }
    }
  }
}

extension AgentRequest {
  /// Returns the message if it gives a command that the agent offers, such as `/compact now`, by somebody who may: no
  /// name is put in front of it.
  func command(of offer: AgentControls) -> String? {
    guard isAgentCommand, more.isEmpty, files.isEmpty, message.first == "/" else { return nil }
    let name = message.dropFirst().prefix { !$0.isWhitespace }
    return offer.commands.contains { $0.name == name } ? message : nil
  }
}

extension String {
  /// Whether its first character that can be seen is a slash: agents may look for one behind white space.
  fileprivate var looksLikeCommand: Bool {
    let first = unicodeScalars.first { scalar in
      let properties = scalar.properties
      return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
        && properties.generalCategory != .control
    }
    return first == "/"
  }
}
