import Core
package import FoundationEssentials
import RuleEngine

extension EventLine {
  /// Reads one line.
  /// - Throws: what is wrong with it; whatever the bytes are, it never does more.
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

/// A line's values, as far as they say anything.
private struct EventLineFields: Decodable {
  var given = GivenEvent()
  var isTextKept = true
  var decided: RecordedDecision?
  var isAnswerToQuestion: Bool
  var outcomes: [RecordedOutcome]

  init(from decoder: any Decoder) throws {
    let fields = try JSONFieldReader<EventLineKey>(decoder)
    // A name beside an id is the server's own: only a name that stands alone is written by hand.
    given.userID = try fields.text(.userID)
    given.channelID = try fields.text(.channelID)
    given.teamID = try fields.text(.teamID)
    given.user = try given.userID == nil ? fields.name(.user, .user) : fields.text(.user)
    given.channel = try given.channelID == nil ? fields.name(.channel, .channel) : fields.text(.channel)
    given.team = try given.teamID == nil ? fields.name(.team, .team) : fields.text(.team)
    given.kind = try fields.choice(.kind)
    given.author = try fields.choice(.author)
    given.mention = try fields.choice(.mention)
    given.thread = try fields.choice(.thread)
    given.hasFiles = try fields.boolean(.files)
    given.isRemote = try fields.boolean(.remote)
    given.isEdit = try fields.boolean(.edited)
    given.milliseconds = try fields.moment(.at)
    given.post = try fields.text(.post)
    given.root = try fields.text(.root)
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

/// What `decided` holds.
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
