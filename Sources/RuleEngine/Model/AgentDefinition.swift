package import Core

/// An agent as the rules file declares it.
package struct AgentDefinition: Sendable, Equatable {
  package var name: String
  package var kind: AgentKind
  /// The bounds of its work; an `echo` has none.
  package var limits: AgentLimits
  package var location: FileLocation

  package init(name: String, kind: AgentKind, limits: AgentLimits = AgentLimits(), location: FileLocation) {
    self.name = name
    self.kind = kind
    self.limits = limits
    self.location = location
  }
}

/// The kinds of agent, each with its settings.
package enum AgentKind: Sendable, Equatable {
  /// Repeats the message.
  case echo
  /// A model at an endpoint.
  case chat(ChatAPI, ChatSettings)
  /// A program for each message.
  case exec(ExecSettings)
  /// A program that speaks the Agent Client Protocol.
  case acp(ACPSettings)
}

extension AgentKind {
  /// The value of the key `type`.
  package var type: String {
    switch self {
    case .echo: "echo"
    case .chat(let api, _): api.rawValue
    case .exec: "exec"
    case .acp: "acp"
    }
  }

  /// The folder of a project in which its program works, or `nil` if it has none.
  package var folder: ProjectFolder? {
    switch self {
    case .exec(let settings): settings.folder
    case .acp(let settings): settings.folder
    case .echo, .chat: nil
    }
  }
}

extension AgentDefinition {
  /// The users who may answer its permission requests, in addition to the user who asked it.
  var approvers: NameSet { if case .acp(let settings) = kind { settings.approvers } else { .none } }
}

/// The bounds of an agent: its time, its concurrency, and the part of a conversation that it is sent.
package struct AgentLimits: Sendable, Equatable {
  /// The most seconds until the first part of an answer; `nil` for no limit.
  package var firstByteSeconds: Int?
  /// The most seconds between two parts of an answer; `nil` for no limit.
  package var idleSeconds: Int?
  /// The most seconds of a whole answer, including retries.
  package var timeoutSeconds: Int
  /// The most messages that it answers at once; `nil` for no limit.
  package var concurrency: Int?
  /// The most tokens of earlier messages that it is sent.
  package var historyTokens: Int

  /// The defaults of a program: many write only when they end.
  package static let program = AgentLimits()

  /// The defaults of a model at an endpoint: a local one may have to be loaded first, and one that reasons is silent
  /// before its first word.
  package static let model = AgentLimits(firstByteSeconds: 2 * 60, idleSeconds: 3 * 60)

  /// The defaults of an agent that works with tools: a tool may run long without output, and people decide what it may
  /// do.
  package static let worker = AgentLimits(firstByteSeconds: 2 * 60, idleSeconds: 15 * 60, timeoutSeconds: 60 * 60)

  /// Creates limits. 16,000 tokens fit into small local models, with space for the answer.
  package init(
    firstByteSeconds: Int? = nil, idleSeconds: Int? = nil, timeoutSeconds: Int = 15 * 60, concurrency: Int? = nil,
    historyTokens: Int = 16_000
  ) {
    self.firstByteSeconds = firstByteSeconds
    self.idleSeconds = idleSeconds
    self.timeoutSeconds = timeoutSeconds
    self.concurrency = concurrency
    self.historyTokens = historyTokens
  }
}

/// A header or a variable of a rules file. Its value may be a secret.
package struct NamedValue: Sendable, Equatable {
  package var name: String
  package var value: Secret
  /// Its value as the file writes it, variables not substituted.
  package var written: String

  package init(name: String, value: Secret, written: String) {
    self.name = name
    self.value = value
    self.written = written
  }
}
