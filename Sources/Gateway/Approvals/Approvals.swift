import AgentSessions
import Synchronization
import Vocabulary

/// The questions of agents that people have not answered yet.
///
/// It is asked about every post before the rules are: most of the time, no question is open.
final class Approvals: Sendable {
  /// What was answered, and by whom.
  struct Choice: Equatable {
    var place: Int
    var user: String
  }

  /// A question, where it is put, and whose answer counts. That it is a person whom the rules let in, `Intake` asks before.
  struct Question {
    let question: PermissionQuestion
    let channel: String
    /// The root of the thread in which it stands.
    let root: String
    let mayAnswer: @Sendable (String) -> Bool
  }

  /// The question's post, and when it was posted, by the server's clock: nothing that was written before answers it.
  struct Posted {
    let post: String
    let milliseconds: Int64
  }

  private struct Entry {
    let question: Question
    /// Nil while it is being posted.
    var open: (posted: Posted, answer: CheckedContinuation<Choice?, Never>)?
  }

  /// By their numbers: the newest has the highest.
  private let state = Mutex<(questions: [Int: Entry], last: Int)>(([:], 0))

  /// Announces a question that is about to be posted, and returns its number: people may be quicker than the server's answer.
  func announce(_ question: Question) -> Int {
    state.withLock { state in
      state.last += 1
      state.questions[state.last] = Entry(question: question)
      return state.last
    }
  }

  /// Takes a question back that was announced.
  func withdraw(_ number: Int) { _ = take(number) }

  /// Waits for the answer to a question that was posted; nil where none comes until the task is cancelled.
  func answer(to number: Int, at posted: Posted) async -> Choice? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        let isOpen = state.withLock { state in
          guard !Task.isCancelled, state.questions[number] != nil else { return false }
          state.questions[number]?.open = (posted, answer)
          return true
        }
        if !isOpen { answer.resume(returning: nil) }
      }
    } onCancel: {
      take(number)?.open?.answer.resume(returning: nil)
    }
  }

  /// Whether a post may answer a question that is just being posted, so that it is too early to tell.
  func isTooEarly(_ event: Event) -> Bool {
    state.withLock { state in
      state.questions.values.contains { $0.open == nil && $0.question.choice(by: event) != nil }
    }
  }

  /// Whether a post answers a question, by whoever may.
  func isAnswer(_ event: Event) -> Bool { match(event) != nil }

  /// Takes a post as the answer to a question; false where it is none, or the question is no longer open.
  func take(_ event: Event) -> Bool {
    guard let (number, place) = match(event) else { return false }
    return answer(number, Choice(place: place, user: event.user.name))
  }

  /// Whether a reaction answers a question, by whoever may.
  func isAnswer(emoji: String, on post: String, by user: String) -> Bool { match(emoji, post, user) != nil }

  /// Takes a reaction as the answer to a question; false where it is none, or the question is no longer open.
  func take(emoji: String, on post: String, by user: String, named name: String) -> Bool {
    guard let (number, place) = match(emoji, post, user) else { return false }
    return answer(number, Choice(place: place, user: name))
  }

  private func match(_ emoji: String, _ post: String, _ user: String) -> (number: Int, place: Int)? {
    state.withLock { state in
      state.questions.first { $0.value.open?.posted.post == post && $0.value.question.mayAnswer(user) }
        .flatMap { number, entry in entry.question.question.choice(byEmoji: emoji).map { (number, $0) } }
    }
  }

  /// The newest question that a post answers, and how.
  private func match(_ event: Event) -> (number: Int, place: Int)? {
    state.withLock { state in
      state.questions.compactMap { number, entry in
        guard let open = entry.open, event.milliseconds > open.posted.milliseconds else { return nil }
        return entry.question.choice(by: event).map { (number, $0) }
      }.max { $0.0 < $1.0 }
    }
  }

  private func answer(_ number: Int, _ choice: Choice) -> Bool {
    guard let open = take(number)?.open else { return false }
    open.answer.resume(returning: choice)
    return true
  }

  private func take(_ number: Int) -> Entry? {
    state.withLock { $0.questions.removeValue(forKey: number) }
  }
}

extension Approvals.Question {
  /// The place of the answer that a post means which stands where the question is answered: in its thread, in a direct message
  /// outside of all threads too; nil where it means none, or may not.
  fileprivate func choice(by event: Event) -> Int? {
    guard event.author == .human, !event.isEdit, event.channel.id == channel,
      event.thread.root == root || (event.channel.kind == .direct && event.thread.root == nil), mayAnswer(event.user.id)
    else { return nil }
    return question.choice(by: event.body)
  }
}
