import Core

extension RecordedOutcome: CustomStringConvertible {
  /// The outcome in a few words: `answered by echo in 1.2 s`.
  package var description: String {
    switch outcome {
    case .answered(let agent, let posts):
      "answered by \(shown(agent)) in \(Duration.milliseconds(after).spelled)"
        + (posts > 1 ? ", in \(posts) posts" : "")
    case .joined(let agent, _): "answered by \(shown(agent)) together with another message"
    case .said: "replied in \(Duration.milliseconds(after).spelled)"
    case .done: "done in \(Duration.milliseconds(after).spelled)"
    case .limited(.rule, let seconds): "limited" + (seconds.map { " for \($0) s" } ?? "")
    case .limited(.bots, let seconds): "limited: bots are paused" + (seconds.map { " for \($0) s" } ?? "")
    case .turnedAway(let reason): "turned away: \(reason.words)"
    case .cancelled(let hook): "cancelled by hook \(shown(hook))"
    case .failed(let agent, let reason): "failed: " + (agent.map { "\(shown($0)), " } ?? "") + words(reason)
    case .stopped(.person(let name)): "stopped by @\(shown(name))"
    case .stopped(.deletion): "stopped: deleted"
    case .stopped(.newerMessage): "stopped by a newer message"
    case .dropped(let reason, let status): "dropped: \(reason.words)" + (status.map { " (\($0))" } ?? "")
    case .direct: "sent as a direct message"
    case .approval(let agent, let choice?, let name?): "@\(shown(name)) answered \(shown(agent)): \(words(choice))"
    case .approval(let agent, let choice?, nil): "\(shown(agent))'s permission request: \(words(choice))"
    case .approval(let agent, nil, _): "\(shown(agent))'s permission request was not answered"
    case .answersQuestion: "answers a permission request"
    case .corrected: "changed by its author"
    case .decidedAgain: "decided again"
    case .delayed: "waiting, because the server does not say who wrote it"
    case .postponed: "left for the next start"
    case .resumed: "resumed after a restart"
    }
  }
}

extension [RecordedOutcome] {
  /// All outcomes in a few words, in the order in which they became known; `nil` if there are none.
  package var summary: String? {
    // A reply that reports an outcome is not worth mentioning besides that outcome.
    let telling = filter { $0.outcome != .said }
    let shown = telling.isEmpty ? self : telling
    return isEmpty ? nil : shown.map(\.description).joined(separator: "; ")
  }
}

extension EventOutcome.TurnedAway {
  fileprivate var words: String {
    switch self {
    case .busy: "busy with another message"
    case .queueFull: "too many messages wait in this conversation"
    case .tooManyOfUser: "too many messages of this user wait"
    case .tooMany: "too many messages wait"
    case .stopped: "the conversation was being stopped"
    case .nothingAsked: "nothing was asked"
    case .filesRefused: "none of its files was accepted"
    case .nothingToRetry: "nothing to retry"
    }
  }
}

extension EventOutcome.Drop {
  fileprivate var words: String {
    switch self {
    case .tooLate: "too old when it was read"
    case .gone: "its post is gone"
    case .unreadable: "it can no longer be read"
    case .store: "the store failed"
    case .questionOver: "the permission request was already closed"
    case .mayNotAnswer: "its author may not answer the permission request"
    case .threadGone: "its thread is gone"
    case .refused: "Mattermost refused the answer"
    case .givenUp: "the answer was refused repeatedly"
    }
  }
}

/// Returns a name in a form that fits into a line of a list.
private func shown(_ name: String) -> String { name.singleLine(atMost: Limits.outcomeNameScalarsMax) }

/// A code in words: `program-failed` and `allow_once` with spaces.
private func words(_ code: String) -> String {
  shown(String(code.map { $0 == "-" || $0 == "_" ? " " : $0 }))
}
