import ConfigLoader
import Core
import RuleAnalysis
import RuleEngine

extension ExplanationReport {
  /// The report as one JSON object, with every rule that was tried.
  package var json: String {
    let decision = explanation.decision
    let object: JSON = [
      "event": explanation.event.json(team: teamName ?? explanation.event.team?.rawValue ?? ""),
      "decision": json(of: decision).appending([
        "session": session.map { .string($0.scope.rawValue) } ?? .null,
        "session_name": session?.name.map { .string($0) } ?? .null,
      ]),
      "shadows": .array(decision.shadows.map { ruleSet.rules[$0].reference }),
      "tried": trace.json,
      "nearest": .array(
        explanation.nearest.map { miss in
          [
            "changes": .array(miss.changes.map { .string($0.clause) }),
            "event": miss.event.json(team: team(of: miss)), "decision": json(of: miss.decision),
          ]
        }),
      "member": .bool(isMember),
      "recorded": recorded.map { recorded in
        ["decided": recorded.decided?.json ?? .null, "outcomes": .array(recorded.outcomes.map(\.json))]
      } ?? .null,
      "search_cut": .bool(explanation.isSearchCut),
      "text": .array(sentences.map { .string($0) }), "note": note.map { .string($0) } ?? .null,
    ]
    return object.lines
  }

  private func team(of miss: NearestMiss) -> String {
    for case .name(.team, let name?) in miss.changes { return name }
    return (miss.event.team == explanation.event.team ? teamName : nil) ?? miss.event.team?.rawValue ?? ""
  }

  private func json(of decision: Decision) -> JSON {
    var members: [JSON.Member] = [JSON.Member(key: "outcome", value: .string(decision.outcome.word))]
    func add(_ key: String, _ value: String?) {
      members.append(JSON.Member(key: key, value: value.map { .string($0) } ?? .null))
    }
    let rule = decision.rule.map { ruleSet.rules[$0] }
    add("rule", rule?.name)
    if let rule {
      members += [
        .init(key: "file", value: .string(rule.location.file)), .init(key: "line", value: .int(rule.location.line)),
      ]
    }
    switch decision.outcome {
    case .silent(let silence): add("why", silence.rawValue)
    case .ask(let agent): add("agent", agent)
    case .say(let text), .deny(let text): add("text", text.written)
    case .run(let command, let arguments):
      add("command", ruleSet.commands.bindings[command].name)
      add("arguments", String(arguments))
    case .refuse(let command): add("command", ruleSet.commands.bindings[command].name)
    case .hint(let unknown):
      add("unknown", String(unknown))
      add("nearest", ruleSet.commands.nearest(to: unknown))
    }
    return .object(members)
  }
}

extension Outcome {
  fileprivate var word: String {
    switch self {
    case .silent: "silent"
    case .ask: "ask"
    case .say: "say"
    case .deny: "deny"
    case .run: "run"
    case .refuse: "refuse"
    case .hint: "hint"
    }
  }
}

extension Event {
  /// The facts under the keys of an event line. A channel or user that the nearest miss leaves open has no name.
  fileprivate func json(team: String) -> JSON {
    let facts = Field.given.compactMap { field in
      field.domain.map { JSON.Member(key: field.key.rawValue, value: $0.json(of: self)) }
    }
    let names: [(key: EventLineKey, name: String, role: NameRole)] = [
      (.user, user.name, .user), (.channel, channel.name, .channel), (.team, team, .team),
    ]
    let known = names.filter { $0.name[...].name($0.role) != nil }
    return JSON.object(known.map { JSON.Member(key: $0.key.rawValue, value: .string($0.name)) }).appending([
      "post": .string(post.rawValue), "text": .string(text), "at": .int(Int(milliseconds)),
    ]).appending(facts).appending(overrideName.map { [EventLineKey.overrideName.rawValue: .string($0)] } ?? [:])
  }
}
