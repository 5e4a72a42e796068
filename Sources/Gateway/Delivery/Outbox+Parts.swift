import Core
import MattermostIO

extension Outbox {
  /// Whose words they are.
  enum Voice: String, Codable {
    /// The rules file's or edgecrab's own, whose mentions ring.
    case own
    /// An agent's, which ring nobody by `@all`, `@channel` or `@here`.
    case agent
  }

  /// How many Unicode scalars a post has at most.
  func scalarsMax(in target: ReplyTarget) -> Int { min(target.maxLength, postScalarsMax ?? .max) }

  /// The posts that a text becomes, and what is a file on the last of them where they would be more than `partsMax`.
  func parts(
    of text: String, to target: ReplyTarget, in voice: Voice, partsMax: Int = Limits.partsMax
  ) -> (posts: [String], file: String?) {
    let splitter = MessageSplitter(scalarsMax: scalarsMax(in: target))
    let text = target.opened(text.postable)
    let isAgents = voice == .agent
    var (posts, file) = splitter.split(
      isAgents ? MentionGrammar.silencingChannelWide(text) : text, partsMax: partsMax)
    while isAgents {
      // Code that was cut in two may be code no more. Each round silences more of finitely many.
      let silent = posts.map(MentionGrammar.silencingChannelWide)
      if silent == posts { break }
      posts = silent.flatMap(splitter.split)
    }
    return (file == nil ? posts : posts + [CommandTexts.restInFile], file)
  }
}
