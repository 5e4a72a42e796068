import ConfigLoader
import Core
package import FoundationEssentials
package import Logging
import Processes
import RuleEngine
import Synchronization

/// Runs hooks, and remembers how they fared.
package actor HookRunner {
  /// How a hook is.
  package struct State: Sendable, Equatable {
    /// The hook.
    package let hook: Hook
    /// When it was run last.
    package var lastRun: Date?
    /// What went wrong with it last, on one line.
    package var lastError: String?
  }

  private var states: [State]
  private let environment: [String: String]
  private let logger: Logger
  private let room = HookRoom(places: Limits.runningMax)
  /// For hooks that somebody waits for: those that nobody does never keep them waiting.
  private let askedRoom = HookRoom(places: Limits.runningMax)
  private var waiting = 0
  /// The hooks of events that were noted and are not over, by the number of the event; and whether the time is over that
  /// they have at the gateway's end.
  private let noted = Mutex<(lastID: Int, tasks: [Int: Task<Void, Never>], isOver: Bool)>((0, [:], false))

  /// Makes a runner of hooks, in the order in which they are to be run.
  ///
  /// - Parameter environment: the gateway's own variables, of which hooks get the plain ones.
  package init(_ hooks: [Hook], environment: [String: String], logger: Logger) {
    states = hooks.map { State(hook: $0) }
    self.environment = Command.plainEnvironment(of: environment)
    self.logger = logger
  }

  /// All hooks, with how they are.
  package var all: [State] { states }

  /// Whether any hook is run for an event.
  package func hasHooks(for name: String) -> Bool { !enabled(for: name).isEmpty }

  /// A hook's no.
  package struct Refusal: Sendable, Equatable {
    /// The hook's name.
    package let hook: String
    /// What it says to the person, on one line; empty if it says nothing.
    package let reason: String
  }

  /// Runs the hooks of an event one after the other, and returns which of them says no, or `nil` if it may go on. The first
  /// that says no is the last that is run. One that fails says nothing.
  package func mayGoOn(_ event: HookEvent) async -> Refusal? {
    for hook in enabled(for: event.name) {
      guard let answer = await run(hook, event, in: askedRoom), answer.cancel == true else { continue }
      logger.notice("a hook said no", metadata: ["hook": "\(hook.manifest.name)", "event": "\(event.name)"])
      return Refusal(
        hook: hook.manifest.name, reason: answer.reason?.singleLine(atMost: Limits.wordsScalarsMax) ?? "")
    }
    return nil
  }

  /// Runs the hooks of an event, and waits for them.
  package func tell(_ event: HookEvent) async { await tell(event, in: askedRoom) }

  private func tell(_ event: HookEvent, in room: HookRoom) async {
    for hook in enabled(for: event.name) { _ = await run(hook, event, in: room) }
  }

  /// Starts the hooks of an event and returns at once. `finish` waits for them.
  package nonisolated func note(_ event: HookEvent) {
    run { await self.tellUnlessFull(event) }
  }

  /// Starts the hooks of the gateway's end and returns at once. They run beside those of events that were noted before,
  /// however many of these wait.
  package nonisolated func noteEnd() {
    run { await self.tell(HookEvent(.gatewayShutdown)) }
  }

  /// Waits until the hooks of all noted events have run. Those that still run at `deadline` are ended, and none is begun
  /// after it.
  package nonisolated func finish(by deadline: ContinuousClock.Instant) async {
    let alarm = Task {
      try await Task.sleep(until: deadline, clock: .continuous)
      let late = noted.withLock { noted in
        noted.isOver = true
        return Array(noted.tasks.values)
      }
      for task in late { task.cancel() }
    }
    while let task = noted.withLock({ $0.tasks.values.first }) { await task.value }
    alarm.cancel()
  }

  private nonisolated func run(_ work: @escaping @Sendable () async -> Void) {
    noted.withLock { noted in
      noted.lastID += 1
      let id = noted.lastID
      let task = Task {
        await work()
        self.noted.withLock { $0.tasks[id] = nil }
      }
      noted.tasks[id] = task
      if noted.isOver { task.cancel() }
    }
  }

  private func tellUnlessFull(_ event: HookEvent) async {
    guard hasHooks(for: event.name) else { return }
    guard waiting < Limits.waitingMax else {
      logger.error("no hook is run: too many events wait for theirs", metadata: ["event": "\(event.name)"])
      return
    }
    waiting += 1
    await tell(event, in: room)
    waiting -= 1
  }

  private func enabled(for name: String) -> [Hook] {
    states.map(\.hook).filter { $0.manifest.isEnabled && $0.manifest.isFor(name) }
  }

  /// What a hook answers. All of it may be left out.
  private struct Answer: Decodable {
    var cancel: Bool?
    var reason: String?
  }

  private func run(_ hook: Hook, _ event: HookEvent, in room: HookRoom) async -> Answer? {
    guard await room.take() else { return nil }
    defer { Task { await room.give() } }
    let index = states.firstIndex { $0.hook == hook }
    if let index { states[index].lastRun = Date() }
    do throws(HookProblem) {
      let answer = try await Self.answer(of: hook, to: event, environment)
      if let index { states[index].lastError = nil }
      return answer
    } catch {
      // What a stop ends, say, has not failed.
      if error.isCancelled, !noted.withLock({ $0.isOver }) { return nil }
      if let index { states[index].lastError = error.description }
      logger.warning(
        "hook failed",
        metadata: [
          "hook": "\(hook.manifest.name)", "event": "\(event.name)", "reason": "\(error)", "words": "\(error.words)",
        ])
      return nil
    }
  }

  private static func answer(
    of hook: Hook, to event: HookEvent, _ environment: [String: String]
  ) async throws(HookProblem) -> Answer? {
    let variables = environment.merging(hook.manifest.environment.map { ($0.name, $0.value.exposed) }) { $1 }
    let command = Command(
      hook.command[0], Array(hook.command.dropFirst()), in: hook.folder, environment: variables)
    let output = BoundedOutput()
    let end: ChildProcess.Termination?
    do {
      end = try await withThrowingTaskGroup(of: ChildProcess.Termination?.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          try await ChildProcess.run(command, input: Array((event.json.text + "\n").utf8)) { await output.add($0) }
        }
        group.addTask {
          try await Task.sleep(for: .seconds(hook.manifest.timeoutSeconds))
          return nil
        }
        return try await group.next() ?? nil
      }
    } catch is CancellationError {
      throw .cancelled
    } catch {
      throw HookProblem("\(error)")
    }
    guard let end else { throw HookProblem("it took longer than \(hook.manifest.timeoutSeconds) s and was ended") }
    guard end.status == .exited(0) else {
      let words = String(decoding: end.error, as: UTF8.self).redacting(hook.manifest.environment.map(\.value.exposed))
      throw HookProblem(
        "it ended with \(end.status)",
        words: String(words.unicodeScalars.suffix(Limits.wordsScalarsMax)).singleLine(atMost: Limits.wordsScalarsMax))
    }
    guard let bytes = await output.bytes else { throw HookProblem("it wrote more than \(Limits.answerBytesMax) bytes") }
    // A hook with nothing to say writes nothing.
    if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return nil }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)) else {
      throw HookProblem("what it wrote to standard output is not a JSON object")
    }
    return answer
  }

}

/// What is wrong with a run of a hook, in words.
private struct HookProblem: Error, CustomStringConvertible {
  let description: String
  /// What the hook wrote to standard error: for the log alone, since it may quote what people wrote.
  let words: String

  /// Whether nobody waits for it any more.
  let isCancelled: Bool

  init(_ description: String, words: String = "", isCancelled: Bool = false) {
    self.description = description
    self.words = words
    self.isCancelled = isCancelled
  }

  static let cancelled = HookProblem("the gateway ended before it was done", isCancelled: true)
}

/// What a hook writes, as far as it is kept.
private actor BoundedOutput {
  private var collected: [UInt8] = []
  private var isTooMuch = false

  /// All of it; nil where it was too much.
  var bytes: [UInt8]? { isTooMuch ? nil : collected }

  func add(_ more: [UInt8]) {
    isTooMuch = isTooMuch || collected.count + more.count > Limits.answerBytesMax
    if !isTooMuch { collected += more }
  }
}
