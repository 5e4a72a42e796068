import AgentSessions
import ConfigLoader

extension EventOutcome {
  /// What a message comes to that its agent fails to answer: of the failure only its code, for details may quote people.
  init(_ failure: AgentFailure) {
    self = .failed(agent: failure.agent, reason: failure.code.rawValue.inWords)
  }

  /// What a message comes to that its session does not take in.
  init(_ rejection: Rejection) {
    self =
      switch rejection {
      case .busy: .turnedAway(.busy)
      case .full: .turnedAway(.queueFull)
      case .tooMany(ofUser: true, _): .turnedAway(.tooManyOfUser)
      case .tooMany(ofUser: false, _): .turnedAway(.tooMany)
      case .stopped: .turnedAway(.stopped)
      case .store: .dropped(.store)
      }
  }

  /// What a message comes to that gets no reply of its own.
  init(_ reason: NoReplyReason, agent: String) {
    self =
      switch reason {
      case .stopped(let name): .stopped(.person(name))
      case .interrupted: .stopped(.newerMessage)
      case .joined(let post, .answered): .joined(agent: agent, post: post)
      case .joined: .failed(agent: agent, reason: "with-another-message")
      case .left: .postponed
      }
  }

  /// What became of an agent's question that people could not be asked.
  init(notAsked question: PermissionRequest) {
    self = .approval(agent: question.agent, choice: "not-asked", by: nil)
  }

  /// What became of an agent's question: of the choice only its kind, for the agent words it.
  init(_ choice: PermissionRequests.Choice?, of question: PermissionRequest) {
    self = .approval(
      agent: question.agent, choice: choice.map { question.options[$0.position].kind.rawValue }, by: choice?.user)
  }
}

extension String {
  /// `programFailed` as `program-failed`.
  fileprivate var inWords: String {
    unicodeScalars.reduce(into: "") { words, scalar in
      if scalar.properties.isUppercase, !words.isEmpty { words += "-" }
      words += scalar.properties.lowercaseMapping
    }
  }
}
