import ConfigLoader
import Core
import RuleEngine

/// What the commands under `rules` say themselves.
enum RulesCommandTexts {
  static func noRule(_ name: String, among rules: RuleSet) -> String {
    let nearest = Spelling.nearest(to: name, among: rules.rules.map(\.name))
    return "there is no rule `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
  }

  static func noSince(_ text: String) -> String {
    "\(quoted(text)) is no time; write a stretch like 7d or 12h, or a moment with its zone, like 2025-06-01T00:00:00Z"
  }

  static func noLast(_ text: String) -> String {
    "\(quoted(text)) is neither a duration nor a number; write 2h, or 20 for the newest 20"
  }

  static func noOutcome(_ name: String, among names: [String]) -> String {
    let nearest = Spelling.nearest(to: name, among: names).map { "; did you mean \(quoted($0))?" }
    return "there is no outcome \(quoted(name))" + (nearest ?? "; it is one of \(names.joined(separator: ", "))")
  }

  static func testedAgainst(_ rules: String) -> String {
    "edgecrab: these tests were held against \(rules); --rules FILE names other rules"
  }

  static func noPostReference(_ text: String) -> String {
    "`\(text)` is neither a post's id nor its permalink; copy the link from the post's menu in Mattermost"
  }

  static func notRecorded(_ post: String?) -> String {
    guard let post else { return "the journal holds no events yet" }
    return "the journal holds no post `\(post)`; look for it on the server with --online"
  }

  static func textNotKept(_ post: String) -> [String] {
    [
      "The text of this post was not recorded, and rules of this file ask for texts:",
      "which of their conditions failed cannot be told. To see, look the post up:",
      "edgecrab rules explain --online \(post)",
    ]
  }
}
