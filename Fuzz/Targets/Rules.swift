import ConfigLoader
import Core
import RuleEngine

func brokenByRules(_ bytes: [UInt8]) -> String? {
  let loaded = RulesFile.load(
    bytes: bytes, file: "rules.yaml", environment: ["X": "alice, bob", "EMPTY": ""], now: moment, zone: "UTC")
  let hasErrors = loaded.diagnostics.contains { $0.severity == .error }
  if hasErrors != (loaded.rules == nil) { return "rules with errors, or none without: \(loaded.report)" }
  if loaded.diagnostics.count > 1_000 || loaded.report.utf8.count > 100_000 { return "diagnostics without bound" }
  guard let rules = loaded.rules else { return nil }
  guard let twins = Twins(rules) else { return "what was loaded does not compile" }
  return events(for: rules).lazy.compactMap { twins.disagreement(about: $0) }.first
}

/// Returns a few events with the users, channels and commands of the rules.
private func events(for rules: RuleSet) -> [Event] {
  let names = ReferencedNames(in: rules)
  let users = names.users.sorted().prefix(3) + ["someone"]
  let channels = names.channels.sorted().prefix(3) + ["town-square"]
  let commands = rules.commands.bindings.prefix(2).map { (rules.commands.prefixes.first ?? "/") + $0.name + " now" }
  return (["@edgecrab build #12 passed", "", "/nwe"] + commands).flatMap { text in
    users.flatMap { user in
      channels.map { channel in
        Event(
          post: "post", team: names.teams.min().map { TeamID($0) },
          channel: Channel(id: ChannelID(channel), name: channel, kind: .public),
          user: User(id: UserID(user), name: user), mention: MentionGrammar.mention(of: "edgecrab", in: text),
          text: text,
          botName: "edgecrab", milliseconds: moment)
      }
    }
  }
}

/// 15 June 2025, 15:06:40 UTC, a Sunday: a fixed moment, so that failures can be repeated.
let moment: Int64 = 1_750_000_000_000

/// The tracing and the compiled form of rules, which have to make equal decisions.
struct Twins {
  let compiled: CompiledRules
  let tracer: RuleTracer

  init?(_ rules: RuleSet) {
    guard let compiled = try? CompiledRules(rules), let tracer = try? RuleTracer(rules) else { return nil }
    (self.compiled, self.tracer) = (compiled, tracer)
  }

  func disagreement(about event: Event) -> String? {
    let decision = compiled.decide(event)
    var traced = tracer.decide(event)
    traced.trace = []
    return decision == traced ? nil : "\(decision) when compiled, \(traced) when traced, of \(event)"
  }
}
