import Core

extension AgentFailure: CustomStringConvertible {
  /// For the log: the code and the details.
  package var description: String {
    "agent `\(agent)`: \(code.rawValue)" + (detail.isEmpty ? "" : " (\(detail))")
  }

  /// Returns what happened and what to do, in one or two sentences for the person who asked.
  ///
  /// - Parameter prefix: the prefix of commands that Mattermost's own client passes on.
  package func sentence(prefix: String = "!") -> String {
    let name = "The agent `\(agent)`"
    return switch code {
    case .unauthorized: "\(name) could not log in: its endpoint does not accept the API key. \(Self.operator) check it."
    case .forbidden:
      "\(name) may not use its model: the endpoint forbids it for this API key. \(Self.operator) check both."
    case .notFound:
      "\(name) cannot answer: its endpoint does not have this model or address. \(Self.operator) check `base_url` and `model`."
    case .rateLimited: "\(name) is rate-limited right now. Try again in a minute."
    case .quotaUsedUp: "\(name) has used up its quota. \(Self.operator) top it up."
    case .tooLong:
      "This conversation has become too long for \(name.lowercasedFirst). Begin a new one with `\(prefix)new`."
    case .messageTooLong:
      "This message is too long for \(name.lowercasedFirst), with its files. Send less at once."
    case .refused: "\(name) was refused by its endpoint. \(Self.operator) check the log."
    case .brokenEndpoint: "\(name) got an error from its endpoint. Try again with `\(prefix)retry`."
    case .notAnEndpoint: "\(name) reached something that is not a chat endpoint. \(Self.operator) check `base_url`."
    case .cutOff: "\(name) was cut off in the middle of its answer. Try again with `\(prefix)retry`."
    case .tooMuch: "\(name) sent more than an answer may contain. \(Self.operator) check the log."
    case .onlyThought:
      "\(name) stopped after its reasoning, without an answer. Try again with `\(prefix)retry`, or put it differently."
    case .onlyThoughtToLimit:
      "\(name) used all tokens of its answer for reasoning. Ask for less at once, or ask the operator of this bot to raise `max_tokens`."
    case .empty: "\(name) sent an empty answer. Try again with `\(prefix)retry`, or put it differently."
    case .filtered: "\(name) may not answer this: its endpoint filtered it. Put it differently."
    case .wantsTools: "\(name) tried to call a tool instead of answering, but has no tools. Put it differently."
    case .unreachable:
      "\(name) cannot be reached. Try again with `\(prefix)retry`; if this persists, \(Self.operator.lowercasedFirst) check that it is running."
    case .noDescriptors:
      "\(name) cannot be asked now: I have too many files and connections open. Try again with `\(prefix)retry`; if this persists, \(Self.operator.lowercasedFirst) raise the limit of open files."
    case .notTrusted: "\(name) has no trusted TLS connection to its endpoint. \(Self.operator) check its certificate."
    case .silent: "\(name) does not respond. Try again with `\(prefix)retry`."
    case .tookTooLong: "\(name) took too long to answer. Ask for less at once, or try again with `\(prefix)retry`."
    case .badAddress: "\(name) has an address that cannot be used. \(Self.operator) check `base_url`."
    case .unknownAgent: "\(name) is no longer in the rules. Ask again."
    case .noStore: "I cannot read the history of this conversation. \(Self.operator) check the log."
    case .cannotStart:
      "\(name) cannot be started. \(Self.operator) check the log."
    case .badFolder: "\(name) cannot work here: \(subject). \(Self.operator) check its `folder`."
    case .noProgram:
      "\(name) cannot be started: there is no program \(program). \(Self.operator) install it, or correct the agent's `command`."
    case .notExecutable:
      "\(name) cannot be started: \(program) is not executable. \(Self.operator) make it executable (`chmod +x`)."
    case .programFailed:
      "\(name) ended with an error. Try again with `\(prefix)retry`; if this persists, \(Self.operator.lowercasedFirst) check the log."
    case .notUnderstood:
      "\(name) does not follow the Agent Client Protocol. \(Self.operator) check the log."
    case .loginNeeded:
      "\(name) is not logged in\(loginHint.isEmpty ? "" : "; it offers \(loginHint)"). \(Self.operator) log it in where it runs."
    case .leftUnfinished:
      "I was restarted while \(name.lowercasedFirst) was working on this; it may have done part of it. To ask it again, send `\(prefix)retry`."
    case .nothingToRetry: "\(name) has nothing left to retry: your message no longer exists. Ask again."
    case .other:
      "\(name) failed. Try again with `\(prefix)retry`; if this persists, \(Self.operator.lowercasedFirst) check the log."
    }
  }

  private var program: String { subject.codeSpan(atMost: Limits.pathScalarsShown) }

  private static let `operator` = "The operator of this bot has to"
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
