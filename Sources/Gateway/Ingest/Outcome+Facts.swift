import RuleEngine

extension Outcome {
  /// The outcome's name, without anything from the chat, for the log.
  var name: String {
    switch self {
    case .silent(let why): "silent: \(why.rawValue)"
    case .ask(let agent): "ask \(agent)"
    case .say: "say"
    case .deny: "deny"
    case .run: "run command"
    case .refuse: "refuse command"
    case .hint: "hint"
    }
  }

  /// Whether an agent would be asked: what a rule's `limit` counts.
  func asksAgent(_ rules: CompiledRules) -> Bool {
    switch self {
    case .ask: true
    case .run(let command, _):
      switch rules.ruleSet.commands.bindings[command].action {
      case .prompt, .builtin(.retry): true
      case .builtin, .say: false
      }
    case .silent, .say, .deny, .refuse, .hint: false
    }
  }
}
