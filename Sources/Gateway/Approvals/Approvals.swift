import AgentSessions
import Logging
import Synchronization
import Vocabulary

/// The questions of agents that people have not answered yet.
///
/// It is asked about every post before the rules are: most of the time, no question is open.
final class Approvals: Sendable {
  /// Who answered, and what.
  struct Choice: Equatable {
    var place: Int
    var user: String
  }

  /// An open question, where it stands, and who may answer.
  struct Open {
    let question: PermissionQuestion
    /// The question's post.
    let post: String
    /// When it was posted, by the server's clock: nothing that was written before answers it.
    let milliseconds: Int64
    let channel: String
    /// The root of the thread in which it stands.
    let root: String
    let mayAnswer: @Sendable (String) -> Bool
  }

  private struct Waiting {
    let open: Open
    let answer: CheckedContinuation<Choice?, Never>
  }

  /// By their numbers: the newest has the highest.
  private let waiting = Mutex<(questions: [Int: Waiting], last: Int)>(([:], 0))

  /// Waits for the answer to a question; nil where none comes until the task is cancelled.
  func answer(to open: Open) async -> Choice? {
    let number = waiting.withLock { state in
      state.last += 1
      return state.last
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        let isCancelled = waiting.withLock { state in
          if Task.isCancelled { return true }
          state.questions[number] = Waiting(open: open, answer: answer)
          return false
        }
        if isCancelled { answer.resume(returning: nil) }
      }
    } onCancel: {
      take(number)?.answer.resume(returning: nil)
    }
  }

  /// Whether a post answers a question, by whoever may.
  func isAnswer(_ event: Event) -> Bool { match(event) != nil }

  /// Takes a post as the answer to a question; false where it is none, or the question is no longer open.
  func take(_ event: Event) -> Bool {
    guard let (number, place) = match(event) else { return false }
    return answer(number, Choice(place: place, user: event.user.name))
  }

  /// Takes a reaction as the answer to a question; false where it is none.
  func take(emoji: String, on post: String, by user: String) -> Bool {
    let found = waiting.withLock { state in
      state.questions.first { $0.value.open.post == post && $0.value.open.mayAnswer(user) }
        .flatMap { number, waiting in waiting.open.question.choice(byEmoji: emoji).map { (number, $0) } }
    }
    return found.map { answer($0, Choice(place: $1, user: "")) } ?? false
  }

  /// The newest question that a post answers, and how.
  private func match(_ event: Event) -> (number: Int, place: Int)? {
    waiting.withLock { state in
      guard !state.questions.isEmpty, !event.isEdit, event.author == .human else { return nil }
      let near = state.questions.filter { $0.value.open.isNear(event) && $0.value.open.mayAnswer(event.user.id) }
      guard let newest = near.max(by: { $0.key < $1.key }) else { return nil }
      return newest.value.open.question.choice(by: event.body).map { (newest.key, $0) }
    }
  }

  private func answer(_ number: Int, _ choice: Choice) -> Bool {
    guard let waiting = take(number) else { return false }
    waiting.answer.resume(returning: choice)
    return true
  }

  private func take(_ number: Int) -> Waiting? {
    waiting.withLock { $0.questions.removeValue(forKey: number) }
  }
}

extension Approvals.Open {
  /// Whether a post stands where the question is answered, and behind it: in its thread, in a direct message anywhere.
  fileprivate func isNear(_ event: Event) -> Bool {
    event.channel.id == channel && event.milliseconds > milliseconds
      && (event.thread.root == root || event.channel.kind == .direct)
  }
}
