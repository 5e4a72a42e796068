import Foundation

/// Something that must not happen in a run of several gateways.
enum HistoryFinding: Sendable, Equatable {
  case unanswered(question: Int)
  case answered(question: Int, times: Int)
  /// The end of the answer is missing.
  case cut(question: Int)
  /// The bot posted something that is no answer.
  case said(String)
  /// Two turns of a session ran at the same time.
  case overlap(session: String, questions: [Int], seconds: TimeInterval)
  /// A turn of a person's later post began before the last turn of an earlier one in the same session.
  case turnsOutOfOrder(question: Int, before: Int)
  /// The answer to a person's later post was posted before that to an earlier one in the same session.
  case answersOutOfOrder(question: Int, before: Int)
  /// A gateway that was no member of the database sent an answer to Mattermost.
  case sentByNonMember(question: Int, gateway: Int)
  /// A post was claimed for a member that another gateway had taken over.
  case claimedAfterEnd(question: Int, member: Int64)
  /// A gateway ended by itself.
  case quit(gateway: Int, said: String)
  /// The history lacks an event without which there is no answer, so that it proves nothing.
  case unrecorded(question: Int, String)
}

extension HistoryFinding: CustomStringConvertible {
  var description: String {
    switch self {
    case .unanswered(let question): "post \(question) was not answered"
    case .answered(let question, let times): "post \(question) was answered \(times) times"
    case .cut(let question): "the answer to post \(question) is not complete"
    case .said(let text): "the bot posted `\(text)`"
    case .overlap(let session, let questions, let seconds):
      "in \(session), the turns of posts \(questions.map(String.init).joined(separator: " and ")) overlap by \(seconds) s"
    case .turnsOutOfOrder(let question, let earlier):
      "the turn of post \(question) began before that of post \(earlier)"
    case .answersOutOfOrder(let question, let earlier): "post \(question) was answered before post \(earlier)"
    case .sentByNonMember(let question, let gateway):
      "gateway \(gateway) sent the answer to post \(question) while it was no member"
    case .claimedAfterEnd(let question, let member): "post \(question) was claimed for member \(member) after its end"
    case .quit(let gateway, let said): "gateway \(gateway) ended by itself, and said: \(said)"
    case .unrecorded(let question, let event): "no \(event) of post \(question) was recorded"
    }
  }
}

extension HistoryFinding {
  /// The posts that it is about.
  var questions: [Int] {
    switch self {
    case .unanswered(let question), .answered(let question, _), .cut(let question), .sentByNonMember(let question, _),
      .claimedAfterEnd(let question, _), .unrecorded(let question, _):
      [question]
    case .overlap(_, let questions, _): questions
    case .turnsOutOfOrder(let question, let earlier), .answersOutOfOrder(let question, let earlier):
      [earlier, question]
    case .said, .quit: []
    }
  }
}
