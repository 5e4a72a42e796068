package import Core
package import FoundationEssentials

extension EventOutcome {
  /// The outcome as one JSON object: `outcome` is its name, the other keys depend on it.
  package var json: JSON { .object(members.map { JSON.Member(key: $0.rawValue, value: $1) }) }

  fileprivate var members: [(OutcomeKey, JSON)] {
    [(.outcome, .string(name.rawValue))] + details.compactMap { key, value in value.map { (key, $0) } }
  }

  private var details: [(OutcomeKey, JSON?)] {
    switch self {
    case .answered(let agent, let posts): [(.agent, .string(agent)), (.posts, .int(posts))]
    case .joined(let agent, let post): [(.agent, .string(agent)), (.post, .string(post))]
    case .said, .done, .direct, .answersQuestion, .corrected, .decidedAgain, .delayed, .postponed, .resumed: []
    case .limited(let limit, let seconds): [(.why, .string(limit.rawValue)), (.seconds, seconds.map { .int($0) })]
    case .turnedAway(let reason): [(.why, .string(reason.rawValue))]
    case .cancelled(let hook): [(.hook, .string(hook))]
    case .failed(let agent, let reason): [(.agent, agent.map { .string($0) }), (.why, .string(reason))]
    case .stopped(.person(let name)): [(.why, .string(StopReason.person.rawValue)), (.by, .string(name))]
    case .stopped(.deletion): [(.why, .string(StopReason.deletion.rawValue))]
    case .stopped(.newerMessage): [(.why, .string(StopReason.newerMessage.rawValue))]
    case .dropped(let reason, let status): [(.why, .string(reason.rawValue)), (.status, status.map { .int($0) })]
    case .approval(let agent, let choice, let name):
      [(.agent, .string(agent)), (.choice, choice.map { .string($0) }), (.by, name.map { .string($0) })]
    }
  }

  /// Reads an outcome in the form of `json`.
  /// - Throws: `EventLineError` for any bytes that are not such a line.
  package init(json: Data) throws(EventLineError) {
    do {
      self = try JSONDecoder().decode(OutcomeFields.self, from: json).outcome
    } catch {
      throw error as? EventLineError ?? .notJSON
    }
  }

  fileprivate init(_ fields: JSONFieldReader<OutcomeKey>) throws {
    switch try fields.required(fields.choice(.outcome) as Name?, .outcome) {
    case .answered:
      self = .answered(agent: try fields.text(.agent) ?? "", posts: try fields.value(.posts, "a number") ?? 1)
    case .joined: self = .joined(agent: try fields.text(.agent) ?? "", post: try fields.text(.post) ?? "")
    case .said: self = .said
    case .done: self = .done
    case .limited:
      self = .limited(
        try fields.required(fields.choice(.why), .why), seconds: try fields.value(.seconds, "a number"))
    case .turnedAway: self = .turnedAway(try fields.required(fields.choice(.why), .why))
    case .cancelled: self = .cancelled(hook: try fields.required(fields.text(.hook), .hook))
    case .failed:
      self = .failed(agent: try fields.text(.agent), reason: try fields.required(fields.text(.why), .why))
    case .stopped:
      switch try fields.required(fields.choice(.why) as StopReason?, .why) {
      case .person: self = .stopped(.person(try fields.required(fields.text(.by), .by)))
      case .deletion: self = .stopped(.deletion)
      case .newerMessage: self = .stopped(.newerMessage)
      }
    case .dropped:
      self = .dropped(
        try fields.required(fields.choice(.why), .why), status: try fields.value(.status, "a number"))
    case .direct: self = .direct
    case .approval:
      self = .approval(
        agent: try fields.text(.agent) ?? "", choice: try fields.text(.choice), by: try fields.text(.by))
    case .answersQuestion: self = .answersQuestion
    case .corrected: self = .corrected
    case .decidedAgain: self = .decidedAgain
    case .delayed: self = .delayed
    case .postponed: self = .postponed
    case .resumed: self = .resumed
    }
  }
}

extension RecordedOutcome: Decodable {
  /// The outcome and its time, as one JSON object.
  package var json: JSON {
    outcome.json.appending([
      OutcomeKey.at.rawValue: .int(Int(milliseconds)), OutcomeKey.after.rawValue: .int(Int(after)),
    ])
  }

  /// Reads an outcome in the form of `json`.
  package init(from decoder: any Decoder) throws {
    let fields = try JSONFieldReader<OutcomeKey>(decoder)
    outcome = try EventOutcome(fields)
    milliseconds = try fields.moment(.at) ?? 0
    after = try fields.value(.after, "a number") ?? 0
    try fields.refuseUnknown()
  }
}

/// An outcome without a time, as the journal stores it.
private struct OutcomeFields: Decodable {
  let outcome: EventOutcome

  init(from decoder: any Decoder) throws {
    let fields = try JSONFieldReader<OutcomeKey>(decoder)
    outcome = try EventOutcome(fields)
    try fields.refuseUnknown()
  }
}

/// The keys of an outcome in JSON.
private enum OutcomeKey: String, CaseIterable {
  case outcome, agent, posts, post, why, seconds, status, hook, by, choice, at, after
}

/// `why` of an outcome that is `stopped`.
private enum StopReason: String, CaseIterable {
  case person, deletion
  case newerMessage = "newer-message"
}

extension JSONFieldReader {
  /// Returns the value of a required key.
  fileprivate func required<Value>(_ value: Value?, _ key: FieldKey) throws -> Value {
    guard let value else { throw EventLineError.wrongType(key.rawValue, expected: "a text") }
    return value
  }
}
