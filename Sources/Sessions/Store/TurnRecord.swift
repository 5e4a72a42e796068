import Agents
import Core
import RuleEngine

/// A turn that is over, as the store records it.
package struct TurnRecord: Sendable {
  var request: TurnRequest
  /// The generation it belonged to; `nil` for the current one.
  var generation: Int64?
  /// The exchange that it replaces.
  var replaces: Int64?
  var end: TurnEnd
  /// The delivered answer.
  var answer: String?
  var usage: TokenUsage?
  /// The messages that the agent was told while it answered.
  var joined: [Claim] = []
  /// The posts that the turn is about.
  var sources: [SourcePost]
  /// True if its reply was posted, by which the next start would know how it ended.
  var isPosted = false
  /// The root of the thread in which its reply was posted, unless that is recorded already.
  var thread: PostID?
  /// True if its answer was deleted, and not the message.
  var isAnswerDeleted = false

  init(request: TurnRequest, replaces: Int64? = nil, end: TurnEnd, answer: String? = nil) {
    self.request = request
    self.replaces = replaces
    self.end = end
    self.answer = answer
    sources = [request.source]
  }

  /// Adds messages that the agent was told meanwhile: a retry asks all of it as one message. If several users speak,
  /// who said what is recorded.
  mutating func join(_ messages: [TurnRequest], isShared: Bool) {
    for more in messages {
      if isShared {
        request.more.append(ChatMessage(speaker: more.speaker, text: more.message, files: more.files))
      } else {
        request.message += "\n\n\(more.message)"
        request.files += more.files
      }
      joined.append(more.claim)
      sources.append(more.source)
    }
  }
}

/// The state of the conversation at the start of a turn.
package struct TurnStart: Sendable {
  var generation: Int64
  /// The number of removals from within the conversation.
  var cuts: Int64
  /// True if the generation starts with it.
  var isNew: Bool
  /// True if anything was answered in the generation before.
  var hadTurns: Bool
  /// True if it is the first turn of its generation.
  var isFirst: Bool
  var history: [HistoryEntry]

  /// The name of the conversation for agents that have one of their own: removed messages of another are not in it.
  func sessionID(of session: SessionKey) -> String { "\(session)#\(generation)" + (cuts == 0 ? "" : ".\(cuts)") }
}

/// The key of an agent's note for itself.
package struct AgentNoteKey: Sendable {
  let session: SessionKey
  let generation: Int64
  /// The number of removals from within the conversation when the agent was asked.
  let cuts: Int64
  let agent: String
}
