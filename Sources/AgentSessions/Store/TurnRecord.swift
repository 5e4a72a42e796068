import Core

/// How a turn ended.
package enum TurnEnd: String, Sendable {
  /// Its answer was delivered.
  case answered
  /// Its answer was stopped by a newer message, which continues it.
  case interrupted
  /// Somebody stopped it.
  case stopped
  /// The agent failed, or its answer could not be delivered.
  case failed
}

/// A turn that is over, as the store keeps it.
struct TurnRecord {
  var request: TurnRequest
  /// The generation it belonged to; nil for whichever is the current one.
  var generation: Int64?
  /// The exchange that it was to replace.
  var replaces: Int64?
  var end: TurnEnd
  /// What was delivered.
  var answer: String?
  var usage: TokenUsage?
  /// The ids of the messages that the agent was told while it answered.
  var joined: [String] = []
  /// The posts that the turn is about.
  var posts: [SourcePost]
  /// Whether its answer was deleted, and not what was asked.
  var isAnswerDeleted = false

  init(request: TurnRequest, replaces: Int64? = nil, end: TurnEnd, answer: String? = nil) {
    self.request = request
    self.replaces = replaces
    self.end = end
    self.answer = answer
    posts = [request.asked]
  }

  /// Counts messages in that the agent was told meanwhile: to a retry, all of it is one message. Where several people speak,
  /// who said what is kept.
  mutating func join(_ turns: [WaitingTurn], isShared: Bool) {
    for turn in turns {
      let more = turn.request
      if isShared {
        request.more.append(ChatMessage(speaker: more.speaker, text: more.message, files: more.files))
      } else {
        request.message += "\n\n\(more.message)"
        request.files += more.files
      }
      joined.append(more.post)
    }
  }
}

/// What a turn begins with.
struct TurnStart {
  var generation: Int64
  /// How often something was removed from within the conversation.
  var cuts: Int64
  /// Whether the generation begins with it.
  var isNew: Bool
  /// Whether anything was answered in the one before it.
  var hadTurns: Bool
  /// Whether nothing was said in it before.
  var isFirst: Bool
  var history: [HistoryEntry]

  /// Names the conversation to agents that keep one of their own: they know nothing of what was removed from another.
  func sessionID(of session: String) -> String { "\(session)#\(generation)" + (cuts == 0 ? "" : ".\(cuts)") }
}

/// An exchange that can be asked again.
struct PastExchange {
  var id: Int64
  var message: String
  var files: [AttachedFile]
  var more: [ChatMessage]
  var speaker: String
  var agent: String
}
