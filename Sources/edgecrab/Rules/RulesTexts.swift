import RuleEngine
import Vocabulary

/// What the commands under `rules` say themselves.
enum RulesTexts {
  static func noRule(_ name: String, among rules: RuleSet) -> String {
    let nearest = Spelling.nearest(to: name, among: rules.rules.map(\.name))
    return "there is no rule `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
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
