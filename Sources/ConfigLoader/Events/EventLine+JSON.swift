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

  /// Every fact, and of the text only the part that is recorded.
  private var object: JSON {
    var members: [(EventLineKey, JSON)] = [
      (.post, .string(event.post.rawValue)), (.user, .string(event.user.name)),
      (.userID, .string(event.user.id.rawValue)),
      (.channel, .string(event.channel.name)), (.channelID, .string(event.channel.id.rawValue)),
      (.teamID, .string(event.team?.rawValue ?? "")), (.at, .int(Int(event.milliseconds))),
    ]
    for field in Field.given {
      guard let domain = field.domain, let given = field.given else { continue }
      let value = domain.json(of: event)
      if given.isAlwaysRecorded || value != given.fallback { members.append((EventLineKey(field.key), value)) }
    }
    if let teamName { members.append((.team, .string(teamName))) }
    if let name = event.overrideName { members.append((.overrideName, .string(name))) }
    if let root = event.thread.root { members.append((.root, .string(root.rawValue))) }
    if isTextKept {
      members.append((.text, .string(event.text)))
      if event.body != MentionGrammar.removingOpeningMention(of: GivenEvent.botName, from: event.text) {
        members.append((.body, .string(event.body)))
      }
    } else {
      members.append((.text, .null))
      if !event.body.isEmpty { members.append((.command, .string(event.body))) }
    }
    if let decided { members.append((.decided, decided.json)) }
    if isAnswerToQuestion { members.append((.decided, .null)) }
    if !outcomes.isEmpty { members.append((.outcomes, .array(outcomes.map(\.json)))) }
    return JSON.sorted(members.map { ($0.rawValue, $1) })
  }
}

extension RecordedOutcome: Encodable {
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension RecordedDecision: Encodable {
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  package var json: JSON {
    var members: [(DecidedKey, JSON)] = [(.outcome, .string(verdict.outcome.rawValue))]
    if let rule = verdict.rule { members.append((.rule, .string(rule))) }
    if let agent = verdict.agent { members.append((.agent, .string(agent))) }
    if let command = verdict.command { members.append((.command, .string(command))) }
    if let session = verdict.session { members.append((.session, .string(session.rawValue))) }
    if !shadows.isEmpty { members.append((.shadows, .array(shadows.map { .string($0) }))) }
    if !rules.isEmpty { members.append((.rules, .string(rules))) }
    return JSON.sorted(members.map { ($0.rawValue, $1) })
  }
}

extension JSON {
  fileprivate static func sorted(_ members: [(String, JSON)]) -> JSON {
    .object(members.sorted { $0.0 < $1.0 }.map { Member(key: $0, value: $1) })
  }
}
