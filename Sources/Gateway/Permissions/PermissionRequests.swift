import Agents
import ConfigLoader
import Core
import Sessions
import Synchronization

/// The permission requests of agents that people have not answered yet.
///
/// It is asked about every post before the rules are: most of the time, no request is open.
final class PermissionRequests: Sendable {
  /// The answer to a request, and the user who gave it.
  struct Choice: Equatable {
    /// The position of the answer among the request's options.
    var position: Int
    /// The user's name.
    var user: String
  }

  /// The answers that a user may give.
  enum Rights {
    case nothing
    /// Answers that hold once.
    case once
    /// Any answer.
    case always
  }

  /// A request, where it is posted, and who may answer it. That the user is a person whom the rules admit is checked
  /// before.
  struct Prompt {
    let request: PermissionRequest
    /// The conversation of the turn that asks.
    let session: SessionKey
    let channel: ChannelID
    /// The root of the thread in which it is.
    let root: PostID
    /// The name of the user whom the agent answers.
    let asker: String
    let rights: @Sendable (UserID) -> Rights
  }

  /// The meaning of a post or an emoji for an open request.
  enum Reading: Equatable {
    case answer(request: Int, position: Int)
    /// It would answer the request if its author were allowed to.
    case forbidden(request: Int, isPermanent: Bool)

    /// The number of the request.
    var request: Int {
      switch self {
      case .answer(let request, _), .forbidden(let request, _): request
      }
    }
  }

  /// The notice to a user whose answer does not count.
  struct Notice: Equatable {
    let asker: String
    let isPermanent: Bool
    let channel: ChannelID
    let root: PostID
  }

  /// The request's post, and when it was posted, by the server's clock: nothing that was written before answers it.
  struct Posted {
    let post: PostID
    let milliseconds: Int64
  }

  private struct Entry {
    let prompt: Prompt
    /// `nil` while it is being posted.
    var open: (posted: Posted, answer: CheckedContinuation<Choice?, Never>)?
    /// The names of the users who were told that their answers do not count.
    var told: Set<String> = []
  }

  private struct State {
    /// By their numbers: the newest has the highest.
    var entries: [Int: Entry] = [:]
    /// Those who wait for a request to be posted.
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastNumber = 0
    /// The marks of the posts.
    var marks = FIFOCache<String, Void>(keeping: Limits.ownRequestsMax)

    mutating func nextNumber() -> Int {
      lastNumber += 1
      return lastNumber
    }

    mutating func removeWaiters() -> [CheckedContinuation<Void, Never>] {
      defer { waiters = [:] }
      return Array(waiters.values)
    }

    /// Returns the newest request that is being posted and that an event may answer.
    func beingPosted(forAnswer event: Event) -> Prompt? {
      entries.filter { _, entry in
        entry.open == nil && entry.prompt.position(meantBy: event) != nil
          && entry.prompt.rights(event.user.id) != .nothing
      }.max { $0.key < $1.key }?.value.prompt
    }
  }

  private let state = Mutex(State())

  /// Announces a request that is about to be posted, and returns its number: people may answer before the server has
  /// answered the call that posts it.
  func announce(_ prompt: Prompt) -> Int {
    state.withLock { state in
      let number = state.nextNumber()
      state.entries[number] = Entry(prompt: prompt)
      return number
    }
  }

  /// Records the mark of a post that is about to be made: it is this gateway's.
  func record(mark: String) { state.withLock { $0.marks[mark] = () } }

  func hasPosted(_ mark: String) -> Bool { state.withLock { $0.marks[mark] != nil } }

  /// Withdraws a request that was announced.
  func withdraw(_ number: Int) { _ = remove(number) }

  /// Waits for the answer to a request that was posted; returns `nil` if none comes until the task is cancelled.
  func answer(to number: Int, at posted: Posted) async -> Choice? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        let (isOpen, waiters) = state.withLock { state in
          guard !Task.isCancelled, state.entries[number] != nil else { return (false, state.removeWaiters()) }
          state.entries[number]?.open = (posted, answer)
          return (true, state.removeWaiters())
        }
        for waiter in waiters { waiter.resume() }
        if !isOpen { answer.resume(returning: nil) }
      }
    } onCancel: {
      remove(number)?.open?.answer.resume(returning: nil)
    }
  }

  /// Answers a request; returns false if it is no longer open.
  func answer(_ number: Int, _ choice: Choice) -> Bool {
    guard let open = remove(number)?.open else { return false }
    open.answer.resume(returning: choice)
    return true
  }

  /// Returns the notice to a user whose answer to a request does not count; `nil` if they were told before, many others
  /// were, or the request is no longer open.
  func notice(about number: Int, isPermanent: Bool, to name: String) -> Notice? {
    state.withLock { state in
      guard let entry = state.entries[number], entry.told.count < Self.noticesMax, !entry.told.contains(name) else {
        return nil
      }
      state.entries[number]?.told.insert(name)
      let prompt = entry.prompt
      return Notice(asker: prompt.asker, isPermanent: isPermanent, channel: prompt.channel, root: prompt.root)
    }
  }

  /// The most users who are told of a request that they may not answer it: more would fill its thread.
  private static let noticesMax = 20

  /// The longest wait of a post for a request to be posted that it may answer: other posts wait meanwhile.
  private static let postWait = Duration.seconds(2)

  private func remove(_ number: Int) -> Entry? {
    let (entry, waiters) = state.withLock { ($0.entries.removeValue(forKey: number), $0.removeWaiters()) }
    for waiter in waiters { waiter.resume() }
    return entry
  }
}

// MARK: Waiting until a request is posted

extension PermissionRequests {
  /// Returns whether a request is being posted that an event may answer, so that it is too early to tell.
  func isBeingPosted(forAnswer event: Event) -> Bool {
    state.withLock { $0.beingPosted(forAnswer: event) != nil }
  }

  /// Returns when no request is being posted that an event may answer, at the latest after two seconds: the server
  /// tells of the answer before it has answered the call that posts the request.
  func settled(before event: Event) async {
    guard isBeingPosted(forAnswer: event) else { return }
    await withTaskGroup { group in
      group.addTask { await self.posted(before: event) }
      group.addTask { try? await Task.sleep(for: Self.postWait) }
      await group.next()
      group.cancelAll()
    }
  }

  private func posted(before event: Event) async {
    while !Task.isCancelled, isBeingPosted(forAnswer: event) {
      let number = state.withLock { $0.nextNumber() }
      await withTaskCancellationHandler {
        await withCheckedContinuation { waiter in
          let isWaiting = state.withLock { state in
            guard !Task.isCancelled, state.beingPosted(forAnswer: event) != nil else { return false }
            state.waiters[number] = waiter
            return true
          }
          if !isWaiting { waiter.resume() }
        }
      } onCancel: {
        state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
      }
    }
  }
}

// MARK: Reading answers

extension PermissionRequests {
  /// Returns how a post answers the newest request that it answers, or else would answer; `nil` if it answers none. A
  /// post of a user who may answer nothing counts only if it can hardly be anything else.
  func reading(of event: Event) -> Reading? {
    readings { number, entry in
      guard let open = entry.open, event.milliseconds > open.posted.milliseconds,
        let position = entry.prompt.position(meantBy: event)
      else { return nil }
      let reading = entry.prompt.reading(position, by: event.user.id, as: number)
      if reading == .forbidden(request: number, isPermanent: false), !entry.prompt.isClearlyMeant(by: event) {
        return nil
      }
      return reading
    }
  }

  /// Returns the conversation of the request that a reading is about, or `nil` if it is no longer open.
  func session(of reading: Reading) -> SessionKey? { state.withLock { $0.entries[reading.request]?.prompt.session } }

  /// Returns the conversation of a request that an event may answer, also of one that is being posted; `nil` if there is
  /// none.
  func session(forAnswer event: Event) -> SessionKey? {
    reading(of: event).flatMap(session) ?? state.withLock { $0.beingPosted(forAnswer: event)?.session }
  }

  /// Returns how an emoji on a post answers a request; `nil` if the post is no open request, or the emoji no answer to
  /// it.
  func reading(ofEmoji emoji: String, on post: PostID, by user: UserID) -> Reading? {
    readings { number, entry in
      guard entry.open?.posted.post == post, let position = entry.prompt.request.choice(byEmoji: emoji) else {
        return nil
      }
      return entry.prompt.reading(position, by: user, as: number)
    }
  }

  /// Returns the newest reading, answers first.
  private func readings(_ read: (Int, Entry) -> Reading?) -> Reading? {
    let readings = state.withLock { state in
      state.entries.compactMap { number, entry in read(number, entry).map { (number: number, reading: $0) } }
    }
    let answers = readings.filter { if case .answer = $0.reading { true } else { false } }
    return (answers.isEmpty ? readings : answers).max { $0.number < $1.number }?.reading
  }
}

extension PermissionRequests.Prompt {
  /// Returns the position of the answer that a post means if it is written where the request is answered: in its
  /// thread, in a direct message also outside of all threads; `nil` if it means none.
  fileprivate func position(meantBy event: Event) -> Int? {
    guard event.author == .human, !event.isEdit, event.channel.id == channel,
      event.thread.root == root || (event.channel.kind == .direct && event.thread.root == nil)
    else { return nil }
    return request.choice(by: event.body)
  }

  /// Returns whether a post is a number, an emoji, or a yes or no, and does not mention the bot.
  fileprivate func isClearlyMeant(by event: Event) -> Bool {
    event.mention == .none && request.choice(by: event.body, takesNames: false) != nil
  }

  fileprivate func reading(_ position: Int, by user: UserID, as number: Int) -> PermissionRequests.Reading {
    let isPermanent = request.options[position].grantsPermanently
    return switch rights(user) {
    case .always: .answer(request: number, position: position)
    case .once where !isPermanent: .answer(request: number, position: position)
    case .once: .forbidden(request: number, isPermanent: true)
    case .nothing: .forbidden(request: number, isPermanent: false)
    }
  }
}

extension PermissionRequest {
  /// Returns the position of the answer that a message means, by its number, its words, or a plain yes or no; `nil` if
  /// it means none.
  ///
  /// - Parameter takesNames: whether an answer's own words count: an agent may call one what people say anyway.
  func choice(by text: String, takesNames: Bool = true) -> Int? {
    let said = text.trimming { $0.isWhitespace || ".!#)".contains($0) }.lowercased()
    if said.hasPrefix(":"), said.hasSuffix(":"), said.count > 2 { return choice(byEmoji: said.dropFirst().dropLast()) }
    if said == "+1" || said == "-1" { return choice(byEmoji: said) }
    if said.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(said) { return position(number) }
    // Before the answers' names: an agent may call a yes "no".
    if Self.yesWords.contains(said) { return yes }
    if Self.noWords.contains(said) { return no }
    return takesNames ? options.firstIndex { $0.name.lowercased() == said } : nil
  }

  /// Returns the position of the answer that an emoji means, by its name.
  func choice(byEmoji name: some StringProtocol) -> Int? {
    if let digit = Self.digits.firstIndex(of: String(name)) { return position(digit + 1) }
    if Self.yesEmoji.contains(String(name)) { return yes }
    return Self.noEmoji.contains(String(name)) ? no : nil
  }

  /// The names of the emoji that number the answers, as far as there are any.
  var emoji: ArraySlice<String> { Self.digits.prefix(options.count) }

  private func position(_ number: Int) -> Int? { (1...options.count).contains(number) ? number - 1 : nil }

  private static let digits = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
  private static let yesWords: Set<String> = ["yes", "y", "ok", "okay", "allow", "approve", "👍", "✅"]
  private static let noWords: Set<String> = ["no", "n", "deny", "reject", "👎", "❌"]
  private static let yesEmoji: Set<String> = ["+1", "thumbsup", "white_check_mark", "heavy_check_mark", "ok_hand"]
  private static let noEmoji: Set<String> = ["-1", "thumbsdown", "x", "no_entry", "no_entry_sign"]
}

extension String {
  fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> Substring {
    let rest = drop(while: isLeftOut)
    let end = rest.lastIndex { !isLeftOut($0) }
    return end.map { rest[...$0] } ?? ""
  }
}
