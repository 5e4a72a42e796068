import Agents
import ConfigLoader
import Core
import Journal
import RuleEngine
import Sessions

/// Records decisions and outcomes in the journal and as metrics, as far as there are any. Nothing waits for the journal to
/// be written.
struct OutcomeLog: Sendable {
  var journal: Journal?
  var metrics: GatewayMetrics?

  /// Records an event.
  ///
  /// - Parameters:
  ///   - decision: `nil` if the rules did not decide it.
  ///   - claim: `nil` if no outcome will follow.
  func record(_ event: Event, _ decision: Decision?, by rules: CompiledRules, claim: String?) async {
    await journal?.record(event, decision, by: rules, claim: claim)
  }

  /// Records the outcome of the event with a claim.
  func record(_ outcome: EventOutcome, of claim: String) {
    journal?.record(outcome, of: claim)
    metrics?.record(outcome)
  }
}

extension EventOutcome {
  /// The outcome of a message that its agent failed to answer. Only the failure's code is recorded, because its details
  /// may quote people.
  init(_ failure: AgentFailure) {
    self = .failed(agent: failure.agent, reason: failure.code.rawValue.dashed)
  }

  /// The outcome of a message that its session did not accept.
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

  /// The outcome of a message that gets no reply of its own.
  init(_ reason: NoReplyReason, agent: String) {
    self =
      switch reason {
      case .stopped(let name): .stopped(.person(name))
      case .interrupted: .stopped(.newerMessage)
      case .joined(let claim, .answered): .joined(agent: agent, post: claim.text)
      case .joined: .failed(agent: agent, reason: "with-another-message")
      case .postponed: .postponed
      }
  }
}

extension String {
  /// `programFailed` as `program-failed`.
  fileprivate var dashed: String {
    unicodeScalars.reduce(into: "") { words, scalar in
      if scalar.properties.isUppercase, !words.isEmpty { words += "-" }
      words += scalar.properties.lowercaseMapping
    }
  }
}
