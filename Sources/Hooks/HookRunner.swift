package import ConfigLoader
import Core
package import FoundationEssentials
package import Logging
import Processes
import RuleEngine
import Synchronization
import Tracing

/// Runs hooks and records how their last runs ended.
package actor HookRunner {
  /// A hook and its last run.
  package struct State: Sendable, Equatable {
    package let hook: Hook
    /// The time at which it ran last; `nil` if it has not run.
    package var lastRun: Date?
    /// The reason why the last run failed, on one line; `nil` if it did not fail.
    package var lastError: String?
  }

  /// A hook's decision to cancel an event.
  package struct Refusal: Sendable, Equatable {
    /// The hook's name.
    package let hook: String
    /// The reason that the hook gives to the user, on one line; may be empty.
    package let reason: String
  }

  /// The end of a run.
  package enum RunEnd: String, Sendable, CaseIterable {
    case succeeded
    /// It cancelled its event.
    case cancelled
    case failed
  }

  private struct Pending {
    var lastID = 0
    var tasks: [Int: Task<Void, Never>] = [:]
    /// True if the time for hooks at shutdown is over: tasks that are added are cancelled.
    var isOver = false
  }

  /// All hooks, in the order in which they run.
  package private(set) var states: [State]
  /// The hooks that may run, apart from their states: an event without any, as most are, costs no task.
  private nonisolated let enabled: [Hook]
  private let environment: [String: String]
  private let onEnd: @Sendable (HookEventKind, RunEnd) -> Void
  private let logger: Logger
  /// Separate, so that hooks that a command or a turn waits for never wait for fire-and-forget hooks.
  private let awaitedPermits = AsyncSemaphore(limit: Limits.runningMax)
  private let backgroundPermits = AsyncSemaphore(limit: Limits.runningMax)
  private var queuedEvents = 0
  /// Tasks that run hooks in the background.
  private let pending = Mutex(Pending())

  /// Creates a runner of hooks, which run in the given order.
  ///
  /// - Parameters:
  ///   - environment: the environment of the gateway, of which hooks get the harmless variables.
  ///   - onEnd: called after each run that was not interrupted.
  package init(
    _ hooks: [Hook], environment: [String: String],
    onEnd: @escaping @Sendable (HookEventKind, RunEnd) -> Void = { _, _ in }, logger: Logger
  ) {
    states = hooks.map { State(hook: $0) }
    enabled = hooks.filter(\.manifest.isEnabled)
    self.environment = Command.plainEnvironment(of: environment)
    self.onEnd = onEnd
    self.logger = logger
  }

  /// Returns whether any hook runs for an event of this name.
  package nonisolated func hasHooks(for name: String) -> Bool { enabled.contains { $0.manifest.isFor(name) } }

  /// Runs the hooks of an event one after another until one cancels it.
  ///
  /// - Returns: The refusal, or `nil` if no hook cancels the event. A hook that fails does not cancel it.
  package func firstRefusal(of event: HookEvent) async -> Refusal? {
    for hook in hooks(for: event.name) {
      let answer = await run(hook, event, awaitedPermits)
      guard event.kind.canBeCancelled, let answer, answer.cancel == true else { continue }
      logger.notice("hook cancelled an event", metadata: ["hook": "\(hook.manifest.name)", "event": "\(event.name)"])
      let reason = answer.reason?.singleLine(atMost: Limits.shownScalarsMax) ?? ""
      return Refusal(hook: hook.manifest.name, reason: reason)
    }
    return nil
  }

  /// Runs the hooks of an event one after another, and waits for them.
  package func run(_ event: HookEvent) async { await run(event, awaitedPermits) }

  /// Runs the hooks of an event in the background; `finish(by:)` waits for them.
  package nonisolated func notify(_ event: HookEvent) {
    guard hasHooks(for: event.name) else { return }
    runInBackground { await self.runUnlessQueueIsFull(event) }
  }

  /// Runs the hooks of `gateway:shutdown` in the background, independent of how many other events are queued.
  package nonisolated func notifyShutdown() {
    runInBackground { await self.run(HookEvent(.gatewayShutdown)) }
  }

  /// Waits for all hooks that run in the background. Those that still run at the deadline are ended, and none starts
  /// after it.
  package nonisolated func finish(by deadline: ContinuousClock.Instant) async {
    await withTaskGroup { group in
      group.addTask {
        guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
        let late = self.pending.withLock { pending in
          pending.isOver = true
          return Array(pending.tasks.values)
        }
        for task in late { task.cancel() }
      }
      while let task = pending.withLock({ $0.tasks.values.first }) { await task.value }
      group.cancelAll()
    }
  }

  private nonisolated func runInBackground(_ operation: @escaping @Sendable () async -> Void) {
    pending.withLock { pending in
      pending.lastID += 1
      let id = pending.lastID
      let task = Task {
        await operation()
        self.pending.withLock { $0.tasks[id] = nil }
      }
      pending.tasks[id] = task
      if pending.isOver { task.cancel() }
    }
  }

  private func runUnlessQueueIsFull(_ event: HookEvent) async {
    guard queuedEvents < Limits.queuedEventsMax else {
      logger.error("hooks not run: too many events are queued", metadata: ["event": "\(event.name)"])
      return
    }
    queuedEvents += 1
    await run(event, backgroundPermits)
    queuedEvents -= 1
  }

  private func run(_ event: HookEvent, _ permits: AsyncSemaphore) async {
    for hook in hooks(for: event.name) { _ = await run(hook, event, permits) }
  }

  private nonisolated func hooks(for name: String) -> [Hook] { enabled.filter { $0.manifest.isFor(name) } }

  /// The JSON that a hook writes to standard output. All keys are optional.
  private struct Answer: Decodable {
    var cancel: Bool?
    var reason: String?
  }

  /// Runs a hook with a permit. Returns its answer, or `nil` if it has none, failed, or was cancelled.
  private func run(_ hook: Hook, _ event: HookEvent, _ permits: AsyncSemaphore) async -> Answer? {
    try? await permits.withPermit { await run(hook, event) }
  }

  /// Runs a hook and records how that ended.
  private func run(_ hook: Hook, _ event: HookEvent) async -> Answer? {
    let index = states.firstIndex { $0.hook == hook }
    if let index { states[index].lastRun = Date() }
    do throws(HookFailure) {
      let answer = try await Self.answer(of: hook, to: event, environment)
      onEnd(event.kind, event.kind.canBeCancelled && answer?.cancel == true ? .cancelled : .succeeded)
      if let index { states[index].lastError = nil }
      return answer
    } catch {
      // A hook that `/stop` cancels has not failed; one that is cut off at shutdown has.
      if error.isCancellation, !pending.withLock(\.isOver) { return nil }
      if let index { states[index].lastError = error.description }
      onEnd(event.kind, .failed)
      logger.warning(
        "hook failed",
        metadata: [
          "hook": "\(hook.manifest.name)", "event": "\(event.name)", "reason": "\(error)",
          "standard_error": "\(error.standardError)",
        ])
      return nil
    }
  }

  private static func answer(
    of hook: Hook, to event: HookEvent, _ environment: [String: String]
  ) async throws(HookFailure) -> Answer? {
    let variables = environment.merging(hook.manifest.environment.map { ($0.name, $0.value.exposed) }) { $1 }
      .withTraceparent
    let command = Command(
      hook.command[0], Array(hook.command.dropFirst()), in: hook.folder, environment: variables)
    let output = BoundedBuffer()
    let end: ChildProcess.Termination?
    do {
      end = try await withThrowingTaskGroup(of: ChildProcess.Termination?.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          try await ChildProcess.run(command, input: Array((event.json.text + "\n").utf8)) { await output.append($0) }
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
      throw HookFailure("\(error)")
    }
    guard let end else { throw HookFailure("it took longer than \(hook.manifest.timeoutSeconds) s and was ended") }
    guard end.status == .exited(0) else {
      let text = String(decoding: end.error, as: UTF8.self).redacting(hook.manifest.environment.map(\.value.exposed))
      throw HookFailure(
        "it \(end.status.phrase)",
        standardError: String(text.unicodeScalars.suffix(Limits.shownScalarsMax))
          .singleLine(atMost: Limits.shownScalarsMax))
    }
    guard let bytes = await output.bytes else { throw HookFailure("it wrote more than \(Limits.answerBytesMax) bytes") }
    // Without an answer, a hook writes nothing.
    if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return nil }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)) else {
      throw HookFailure("its standard output is not a JSON object")
    }
    return answer
  }
}

/// The reason why a run of a hook failed.
private struct HookFailure: Error, CustomStringConvertible {
  let description: String
  /// The end of the hook's standard error, for the log only: it may quote messages of people.
  let standardError: String
  let isCancellation: Bool

  init(_ description: String, standardError: String = "", isCancellation: Bool = false) {
    self.description = description
    self.standardError = standardError
    self.isCancellation = isCancellation
  }

  static let cancelled = HookFailure("the gateway stopped before it was done", isCancellation: true)
}

/// Collects output up to a limit.
private actor BoundedBuffer {
  private var collected: [UInt8] = []
  private var isExceeded = false

  /// The output, or `nil` if it exceeded the limit.
  var bytes: [UInt8]? { isExceeded ? nil : collected }

  func append(_ more: [UInt8]) {
    isExceeded = isExceeded || collected.count + more.count > Limits.answerBytesMax
    if !isExceeded { collected += more }
  }
}
