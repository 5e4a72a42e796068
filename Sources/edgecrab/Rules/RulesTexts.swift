import RuleEngine
import Vocabulary

/// What the commands under `rules` say themselves.
enum RulesTexts {
  static func noRule(_ name: String, among rules: RuleSet) -> String {
    let nearest = Spelling.nearest(to: name, among: rules.rules.map(\.name))
    return "there is no rule `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
  }
}
