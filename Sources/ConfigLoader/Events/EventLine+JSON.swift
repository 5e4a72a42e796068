package import Core
package import FoundationEssentials
import RuleEngine

extension EventLine {
  /// Reads one line.
  /// - Throws: `EventLineError` for any bytes that are not such a line.
  package init(json: Data, defaults: EventDefaults) throws(EventLineError) {
    guard json.count <= Limits.eventLineBytesMax else { throw .tooLong }
    let fields: EventLineFields
    do {
      fields = try decoder.decode(EventLineFields.self, from: json)
    } catch let problem as EventLineError {
      throw problem
    } catch {
      throw String(validating: json, as: UTF8.self) == nil ? .notUTF8 : .notJSON
    }
    self.init(
      fields.given.event(defaults), teamName: fields.given.teamID == nil ? nil : fields.given.team,
      isTextKept: fields.isTextKept, decided: fields.decided,
      isAnswerToQuestion: fields.isAnswerToQuestion, outcomes: fields.outcomes)
  }
}

private let decoder = JSONDecoder()

/// The values of a line that are stated.
private struct EventLineFields: Decodable {
  var given = GivenEvent()
  var isTextKept = true
  var decided: RecordedDecision?
  var isAnswerToQuestion: Bool
  var outcomes: [RecordedOutcome]

  init(from decoder: any Decoder) throws {
    let fields = try JSONFieldReader<EventLineKey>(decoder)
    // A name beside an id is the server's: only a name without an id is written by hand.
    given.userID = try fields.text(.userID).map { UserID($0) }
    given.channelID = try fields.text(.channelID).map { ChannelID($0) }
    given.teamID = try fields.text(.teamID)
    given.user = try given.userID == nil ? fields.name(.user, .user) : fields.text(.user)
    given.channel = try given.channelID == nil ? fields.name(.channel, .channel) : fields.text(.channel)
    given.team = try given.teamID == nil ? fields.name(.team, .team) : fields.text(.team)
    for field in Field.given {
      if let domain = field.domain { given.facts[field.key] = try fields.value(of: domain, EventLineKey(field.key)) }
    }
    given.milliseconds = try fields.moment(.at)
    given.post = try fields.text(.post).map { PostID($0) }
    given.root = try fields.text(.root).map { PostID($0) }
    given.overrideName = try fields.text(.overrideName)
    let command = try fields.text(.command)
    if fields.isNull(.text) {
      isTextKept = false
      given.body = command
    } else {
      if command != nil { throw EventLineError.commandBesideText }
      given.text = try fields.text(.text)
      given.body = try fields.text(.body)
    }
    isAnswerToQuestion = fields.isNull(.decided)
    let decided: DecidedFields? = try isAnswerToQuestion ? nil : fields.value(.decided, "a map")
    self.decided = decided?.decision
    outcomes = try fields.value(.outcomes, "a list of maps") ?? []
    try fields.refuseUnknown()
  }
}

/// The value of `decided`.
private struct DecidedFields: Decodable {
  let decision: RecordedDecision

  init(from decoder: any Decoder) throws {
    let fields = try JSONFieldReader<DecidedKey>(decoder)
    guard let outcome: Verdict.Kind = try fields.choice(.outcome) else {
      throw EventLineError.wrongType("outcome", expected: "a text")
    }
    let verdict = Verdict(
      rule: try fields.text(.rule), outcome: outcome, agent: try fields.text(.agent),
      command: try fields.text(.command), session: try fields.choice(.session))
    decision = RecordedDecision(
      verdict, shadows: try fields.value(.shadows, "a list of texts") ?? [], rules: try fields.text(.rules) ?? "")
    try fields.refuseUnknown()
  }
}

extension EventLine: Encodable {
  /// The line, without a line break. Reading it gives an equal event.
  package var json: String { object.text }

  package func encode(to encoder: any Encoder) throws { try object.encode(to: encoder) }

  private var object: JSON { .object(Self.members.compactMap { $0.json(of: self) }) }

  /// Every fact, and of the text only the part that is recorded; sorted by key.
  private static let members = (facts + others).sorted { $0.key < $1.key }

  private static let facts: [Member<EventLineKey, EventLine>] = Field.given.compactMap { field in
    guard let domain = field.domain, let given = field.given else { return nil }
    return Member(EventLineKey(field.key)) { line in
      let value = domain.json(of: line.event)
      return given.isAlwaysRecorded || value != given.fallback ? value : nil
    }
  }

  private static let others: [Member<EventLineKey, EventLine>] = [
    Member(.post) { .string($0.event.post.rawValue) },
    Member(.user) { .string($0.event.user.name) },
    Member(.userID) { .string($0.event.user.id.rawValue) },
    Member(.channel) { .string($0.event.channel.name) },
    Member(.channelID) { .string($0.event.channel.id.rawValue) },
    Member(.teamID) { .string($0.event.team?.rawValue ?? "") },
    Member(.at) { .int(Int($0.event.milliseconds)) },
    Member(.team) { $0.teamName.map { .string($0) } },
    Member(.overrideName) { $0.event.overrideName.map { .string($0) } },
    Member(.root) { $0.event.thread.root.map { .string($0.rawValue) } },
    Member(.text) { $0.isTextKept ? .string($0.event.text) : .null },
    Member(.body) { line in
      guard line.isTextKept,
        line.event.body != MentionGrammar.removingOpeningMention(of: GivenEvent.botName, from: line.event.text)
      else { return nil }
      return .string(line.event.body)
    },
    Member(.command) { $0.isTextKept || $0.event.body.isEmpty ? nil : .string($0.event.body) },
    Member(.decided) { $0.decided?.json ?? ($0.isAnswerToQuestion ? JSON.null : nil) },
    Member(.outcomes) { $0.outcomes.isEmpty ? nil : .array($0.outcomes.map(\.json)) },
  ]
}

extension RecordedOutcome: Encodable {
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension RecordedDecision: Encodable {
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  package var json: JSON { .object(Self.members.compactMap { $0.json(of: self) }) }

  private static let members: [Member<DecidedKey, RecordedDecision>] = [
    Member(.outcome) { .string($0.verdict.outcome.rawValue) },
    Member(.rule) { $0.verdict.rule.map { .string($0) } },
    Member(.agent) { $0.verdict.agent.map { .string($0) } },
    Member(.command) { $0.verdict.command.map { .string($0) } },
    Member(.session) { $0.verdict.session.map { .string($0.rawValue) } },
    Member(.shadows) { $0.shadows.isEmpty ? nil : .array($0.shadows.map { .string($0) }) },
    Member(.rules) { $0.rules.isEmpty ? nil : .string($0.rules) },
  ].sorted { $0.key < $1.key }
}

/// A member of the JSON objects of values. The members are sorted once, since every event becomes such an object.
private struct Member<Name: RawRepresentable<String>, Value>: Sendable {
  let key: String
  /// Returns the member's value, or `nil` if it is left out.
  private let value: @Sendable (Value) -> JSON?

  init(_ key: Name, _ value: @escaping @Sendable (Value) -> JSON?) {
    self.key = key.rawValue
    self.value = value
  }

  func json(of whole: Value) -> JSON.Member? { value(whole).map { JSON.Member(key: key, value: $0) } }
}
