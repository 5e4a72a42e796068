import Foundation

/// A run of several gateways of one bot, as recorded outside of them: by the agent, the database, the network before
/// Mattermost, and Mattermost. All of them run on one machine, so that their times have one clock.
struct ClusterHistory: Sendable {
  /// A post to answer. Questions are numbered in the order in which they are posted.
  struct Question: Sendable, Equatable {
    let number: Int
    let author: String
    /// A name for the session that its rule selects.
    let session: String
  }

  enum Event: Sendable, Equatable {
    /// A gateway became a member of the database.
    case joined(member: Int64, gateway: Int)
    /// The member's row was deleted: it has left, or another one has taken over.
    case ended(member: Int64)
    /// A person posts.
    case asked(question: Int)
    /// A post was claimed by a member, or handed over to it.
    case claimed(question: Int, member: Int64)
    /// A request of a gateway arrived at the agent.
    case turnStarted(turn: Int, question: Int, gateway: Int)
    /// The agent began to send the end of its answer, or the request was closed.
    case turnEnded(turn: Int)
    /// A gateway sent an answer, or a part of it, to Mattermost. It need not have arrived.
    case sent(question: Int, gateway: Int)
    /// The post of an answer was created. It is complete if it was in the end.
    case posted(question: Int, isComplete: Bool)
    /// The bot posted something else that is no answer.
    case said(String)
    /// A gateway was sent SIGKILL.
    case killed(gateway: Int)
    /// A gateway's process had ended, by a fault or by itself.
    case exited(gateway: Int)
    /// A gateway's process ended by itself, after it had said something.
    case quit(gateway: Int, said: String)
    /// A gateway was sent SIGSTOP.
    case paused(gateway: Int)
    /// A gateway was sent SIGCONT.
    case resumed(gateway: Int)
    /// Calls of Mattermost fail at this time, those of one gateway or of all.
    case callsFailed
    /// Another fault began, which matters to those who read the history only.
    case fault(String)
  }

  struct TimedEvent: Sendable, Equatable {
    let at: Date
    let event: Event
  }

  let questions: [Question]
  /// In the order of their times.
  let events: [TimedEvent]

  init(_ questions: [Question], _ events: [TimedEvent]) {
    self.questions = questions
    self.events = events.sorted { $0.at < $1.at }
  }
}
