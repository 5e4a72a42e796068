import Core
import RuleEngine

extension EventLine: Encodable {
  /// The line, without a line break. Reading it gives an equal event.
  package var json: String { object.text }

  /// Writes the line as a part of something else.
  package func encode(to encoder: any Encoder) throws { try object.encode(to: encoder) }

  /// Every fact, and of texts only what is kept.
  private var object: JSON {
    var members: [(EventLineKey, JSON)] = [
      (.post, .string(event.post)), (.user, .string(event.user.name)), (.userID, .string(event.user.id)),
      (.channel, .string(event.channel.name)), (.channelID, .string(event.channel.id)),
      (.teamID, .string(event.team)), (.kind, .string(event.channel.kind.rawValue)),
      (.author, .string(event.author.rawValue)), (.mention, .string(event.mention.rawValue)),
      (.files, .bool(event.hasFiles)), (.edited, .bool(event.isEdit)), (.at, .int(Int(event.milliseconds))),
    ]
    if let teamName { members.append((.team, .string(teamName))) }
    if let name = event.overrideName { members.append((.overrideName, .string(name))) }
    if event.isRemote { members.append((.remote, true)) }
    switch event.thread {
    case .root: members.append((.thread, .string(GivenThread.root.rawValue)))
    case .reply(let root, let isJoined):
      members.append((.thread, .string((isJoined ? GivenThread.joined : .reply).rawValue)))
      members.append((.root, .string(root)))
    }
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
  /// Writes it as a part of something else.
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension RecordedDecision: Encodable {
  /// Writes it as a part of something else.
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  /// What there is.
  var json: JSON {
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
