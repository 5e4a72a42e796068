import AgentSessions
import Core
import Synchronization

/// The questions of agents that people have not answered yet.
///
/// It is asked about every post before the rules are: most of the time, no question is open.
final class PermissionRequests: Sendable {
  /// What was answered, and by whom.
  struct Choice: Equatable {
    /// The position of the answer among the question's options.
    var position: Int
    var user: String
  }

  /// What a user may answer.
  enum Rights {
    case nothing
    /// Whatever holds for this one time.
    case once
    /// Any answer.
    case always
  }

  /// A question, where it is put, and whose answer counts. That it is a person whom the rules let in, `Intake` asks before.
  struct Question {
    let question: PermissionRequest
    let channel: String
    /// The root of the thread in which it stands.
    let root: String
    /// The name of the person whom the agent answers.
    let asker: String
    let rights: @Sendable (String) -> Rights
  }

  /// How a post or an emoji reads to an open question.
  enum Reading: Equatable {
    /// It answers the question.
    case answer(question: Int, position: Int)
    /// It would, if its author might.
    case forbidden(question: Int, isPermanent: Bool)
  }

  /// What somebody is to be told whose answer does not count.
  struct Notice: Equatable {
    let asker: String
    let isPermanent: Bool
    let channel: String
    let root: String
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
    /// The names of those who were told that their answers do not count.
    var told: Set<String> = []
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

  /// Returns whether a post may answer a question that is just being posted, so that it is too early to tell.
  func isTooEarly(_ event: Event) -> Bool {
    state.withLock { state in
      state.questions.values.contains {
        $0.open == nil && $0.question.position(meantBy: event) != nil && $0.question.rights(event.user.id) != .nothing
      }
    }
  }

  /// Returns how a post reads to the newest question that it answers, or else would answer; `nil` if it answers none.
  /// What somebody writes who may answer nothing is meant for the question only if it can hardly be anything else.
  func reading(of event: Event) -> Reading? {
    state.withLock { state in
      Self.newest(
        state.questions.compactMap { number, entry in
          guard let open = entry.open, event.milliseconds > open.posted.milliseconds,
            let position = entry.question.position(meantBy: event)
          else { return nil }
          let reading = entry.question.reading(position, by: event.user.id, as: number)
          if reading == .forbidden(question: number, isPermanent: false), !entry.question.isPlainlyMeant(by: event) {
            return nil
          }
          return (number, reading)
        })
    }
  }

  /// Returns how an emoji on a post reads; `nil` if the post is no open question, or the emoji no answer to it.
  func reading(ofEmoji emoji: String, on post: String, by user: String) -> Reading? {
    state.withLock { state in
      Self.newest(
        state.questions.compactMap { number, entry in
          guard entry.open?.posted.post == post, let position = entry.question.question.choice(byEmoji: emoji) else {
            return nil
          }
          return (number, entry.question.reading(position, by: user, as: number))
        })
    }
  }

  /// Answers a question; false if it is no longer open.
  func answer(_ number: Int, _ choice: Choice) -> Bool {
    guard let open = take(number)?.open else { return false }
    open.answer.resume(returning: choice)
    return true
  }

  /// Returns what somebody is to be told whose answer to a question does not count; `nil` if they were told before, many
  /// others were, or the question is no longer open.
  func notice(about number: Int, isPermanent: Bool, to name: String) -> Notice? {
    state.withLock { state in
      guard let entry = state.questions[number], entry.told.count < Self.noticesMax, !entry.told.contains(name) else {
        return nil
      }
      state.questions[number]?.told.insert(name)
      let question = entry.question
      return Notice(
        asker: question.asker, isPermanent: isPermanent, channel: question.channel, root: question.root)
    }
  }

  /// How many people are told of a question that they may not answer it: more would fill its thread.
  private static let noticesMax = 20

  private static func newest(_ readings: [(number: Int, reading: Reading)]) -> Reading? {
    let answers = readings.filter { if case .answer = $0.reading { true } else { false } }
    return (answers.isEmpty ? readings : answers).max { $0.number < $1.number }?.reading
  }

  private func take(_ number: Int) -> Entry? {
    state.withLock { $0.questions.removeValue(forKey: number) }
  }
}

extension PermissionRequests.Question {
  /// Returns the position of the answer that a post means which stands where the question is answered: in its thread, in a
  /// direct message outside of all threads too; `nil` if it means none.
  fileprivate func position(meantBy event: Event) -> Int? {
    guard event.author == .human, !event.isEdit, event.channel.id == channel,
      event.thread.root == root || (event.channel.kind == .direct && event.thread.root == nil)
    else { return nil }
    return question.choice(by: event.body)
  }

  /// Returns whether a post is a number, an emoji, or a yes or no, and does not call the bot.
  fileprivate func isPlainlyMeant(by event: Event) -> Bool {
    event.mention == .none && question.choice(by: event.body, takesNames: false) != nil
  }

  fileprivate func reading(_ position: Int, by user: String, as number: Int) -> PermissionRequests.Reading {
    let isPermanent = question.options[position].grantsPermanently
    return switch rights(user) {
    case .always: .answer(question: number, position: position)
    case .once where !isPermanent: .answer(question: number, position: position)
    case .once: .forbidden(question: number, isPermanent: true)
    case .nothing: .forbidden(question: number, isPermanent: false)
    }
  }
}
