import ConfigLoader
import Core
import RuleAnalysis
import RuleEngine

extension FactChange {
  /// The change as a clause of condition: `if it mentioned the bot`.
  var clause: String {
    switch self {
    case .fact(let key, let word):
      key.field.domain?.values.first { $0.word == word }?.supposition ?? "if its \(key.rawValue) was \(quoted(word))"
    case .name(.channel, let name): name.map { "in ~\($0.printable)" } ?? "in another channel"
    case .name(.team, let name?): name.isEmpty ? "outside of teams" : "in the team \(name.printable)"
    case .name(.team, nil): "in another team"
    case .name(.user, let name): "if \(name.map { "@" + $0.printable } ?? "another user") wrote it"
    case .name(.command, let name): "if it was the command \(quoted(name ?? ""))"
    case .moment(_, let words): "at \(words)"
    case .saying(let text, .equals): "if it said just \(quoted(text))"
    case .saying(let text, .startsWith): "if it began with \(quoted(text))"
    case .saying(let text, .endsWith): "if it ended with \(quoted(text))"
    case .saying(let text, _): "if it said \(quoted(text)) as well"
    case .notSaying(let text): "if it did not say \(quoted(text))"
    case .command(let typed): "if it said \(quoted(typed))"
    }
  }
}
