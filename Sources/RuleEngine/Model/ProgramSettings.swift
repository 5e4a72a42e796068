extension RuleSet {
  /// Returns the seconds after which a question of an agent is refused.
  package func approvalSeconds(of agent: String) -> Int {
    for definition in agents where definition.name == agent {
      if case .acp(let settings) = definition.kind { return settings.approvalSeconds }
    }
    return ACPSettings.defaultApprovalSeconds
  }
}

extension RuleSet {
  /// Returns whether the file names users among an agent's `approvers`: `*` names none.
  package func listsApprovers(of agent: String) -> Bool {
    agents.contains { $0.name == agent && !$0.approvers.names.isEmpty }
  }
}

/// A program that speaks the Agent Client Protocol.
package struct ACPSettings: Sendable, Equatable {
  /// The program with its arguments, at least one word.
  package var command: [String]
  /// Its environment variables, in addition to some harmless ones of the gateway.
  package var environment: [NamedValue]
  /// The users who may answer its questions, in addition to the user who asked it.
  package var approvers: NameSet
  /// Seconds after which an unanswered question is refused.
  package var approvalSeconds: Int

  /// Its working directory; `nil` for the conversation's own folder.
  package var folder: ProjectFolder?
  /// The servers of the Model Context Protocol that it may use.
  package var mcpServers: [MCPServer]

  /// The `approve_within` of a file that names none, in seconds.
  package static let defaultApprovalSeconds = 5 * 60

  package init(
    command: [String], environment: [NamedValue] = [], approvers: NameSet = .none,
    approvalSeconds: Int = defaultApprovalSeconds, folder: ProjectFolder? = nil, mcpServers: [MCPServer] = []
  ) {
    self.command = command
    self.environment = environment
    self.approvers = approvers
    self.approvalSeconds = approvalSeconds
    self.folder = folder
    self.mcpServers = mcpServers
  }
}

/// A program that is run for each message: it reads the message and writes the answer.
package struct ExecSettings: Sendable, Equatable {
  package enum Program: Sendable, Equatable {
    /// A program with its arguments, at least one word.
    case command([String])
    /// A shell command.
    case shell(String)
  }

  package var program: Program
  /// Its environment variables, in addition to some harmless ones of the gateway.
  package var environment: [NamedValue]

  /// Its working directory; `nil` for the conversation's own folder.
  package var folder: ProjectFolder?

  package init(program: Program, environment: [NamedValue] = [], folder: ProjectFolder? = nil) {
    self.program = program
    self.environment = environment
    self.folder = folder
  }
}

/// A server of the Model Context Protocol.
package struct MCPServer: Sendable, Equatable {
  package enum Connection: Sendable, Equatable {
    /// A program that the agent starts, with its arguments and environment variables.
    case program([String], environment: [NamedValue])
    /// An address, and the headers of each request.
    case address(String, MCPTransport, headers: [NamedValue])
  }

  package var name: String
  package var connection: Connection

  package init(name: String, connection: Connection) {
    self.name = name
    self.connection = connection
  }
}

/// The transport of an MCP server at an address.
package enum MCPTransport: String, Sendable, CaseIterable {
  /// Streamable HTTP.
  case http
  /// Server-sent events, for older servers.
  case sse
}

/// A project's folder, the working directory of an agent's program.
package struct ProjectFolder: Sendable, Equatable {
  /// The path, absolute and without `.` and `..`, with its placeholders.
  package var parts: [Part]
  /// True if each conversation has a git worktree of it.
  package var isWorktree: Bool

  package enum Part: Sendable, Equatable {
    case text(String)
    case placeholder(Placeholder)
  }

  package enum Placeholder: String, Sendable, CaseIterable {
    /// The channel's name.
    case channel
    /// The channel's id.
    case channelID = "channel_id"
    /// The name of the user's account.
    case user
    /// The id of the user's account.
    case userID = "user_id"
  }

  /// A value that cannot be part of a path, because the file system could read more than a name in it.
  package struct UnsafeValue: Error, Sendable, Equatable {
    package let placeholder: Placeholder
    package let value: String
  }

  package init(parts: [Part], isWorktree: Bool = false) {
    self.parts = parts
    self.isWorktree = isWorktree
  }

  /// The path with its placeholders as they are written, `{{name}}`.
  package var written: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .placeholder(let placeholder): "{{\(placeholder.rawValue)}}"
      }
    }.joined()
  }

  /// The part of the path before the first component with a placeholder; all of it if there is none.
  package var fixedPath: String {
    guard case .text(let text)? = parts.first else { return "/" }
    guard parts.count > 1, let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
    return slash == text.startIndex ? "/" : String(text[..<slash])
  }

  /// True if the path is the same for all messages.
  package var isFixed: Bool { parts.count <= 1 }

  /// Returns the path with every placeholder replaced. Users choose the names of their accounts and channels, so a
  /// value may only be part of one component: a lower-case letter or digit, then those, `.`, `-` and `_`.
  /// - Throws: `UnsafeValue` for any other value.
  package func filled(_ value: (Placeholder) -> String) throws(UnsafeValue) -> String {
    var path = ""
    for part in parts {
      switch part {
      case .text(let text): path += text
      case .placeholder(let placeholder):
        let value = value(placeholder)
        guard Self.isSafe(value) else { throw UnsafeValue(placeholder: placeholder, value: value) }
        path += value
      }
    }
    return path
  }

  private static func isSafe(_ value: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
    guard let first = value.utf8.first, isPlain(first), value.utf8.count <= valueBytesMax else { return false }
    return value.utf8.allSatisfy { isPlain($0) || "._-".utf8.contains($0) }
  }

  /// Names of channels and accounts have 64 characters at most, and those of group channels 40.
  private static let valueBytesMax = 128
}
