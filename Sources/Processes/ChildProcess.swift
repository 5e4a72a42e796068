internal import CSupervisor
internal import Core
internal import Glibc
internal import Synchronization

/// Runs programs. Each has a supervisor process as its parent, which ends it together with all its descendants.
package enum ChildProcess {
  /// The end of a program.
  package struct Termination: Sendable, Equatable {
    package enum Status: Sendable, Equatable {
      /// By itself, with an exit status.
      case exited(Int)
      /// By a signal.
      case killed(signal: Int)

      /// The end of a sentence about the program: `exited with status 3`.
      package var phrase: String {
        switch self {
        case .exited(let status): "exited with status \(status)"
        case .killed(let signal): "was killed by signal \(signal)"
        }
      }
    }

    package var status: Status
    /// The end of its standard error, at most 4 KiB.
    package var error: [UInt8]
  }

  /// Runs a program to its end.
  ///
  /// Cancelling the task sends SIGTERM to all its processes, and SIGKILL 300 ms later. Processes that a program has
  /// left running are ended in the same way. They also end with this process, however it ends.
  ///
  /// - Parameters:
  ///   - input: its standard input, of which it may leave some unread.
  ///   - errors: called with chunks of its standard error.
  ///   - output: called with chunks of its standard output; the program waits while it is busy.
  /// - Throws: `ProcessError` if it cannot be started, `CancellationError` if the task is cancelled.
  package static func run(
    _ command: Command, input: [UInt8] = [], errors: @escaping @Sendable ([UInt8]) async -> Void = { _ in },
    output: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Termination {
    let (chunks, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    if !input.isEmpty { continuation.yield(input) }
    continuation.finish()
    return try await run(command, input: chunks, errors: errors, output: output)
  }

  /// Runs a program to its end with input that becomes available while it runs. See `run(_:input:errors:output:)`.
  ///
  /// - Parameter input: chunks of its standard input, which is closed when the stream ends. After the program has
  ///   closed its standard output and error, no more chunks are read from the stream.
  package static func run(
    _ command: Command, input: AsyncStream<[UInt8]>, errors: @escaping @Sendable ([UInt8]) async -> Void = { _ in },
    output: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Termination {
    // Starting a program blocks its thread, which may be one that other tasks need.
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await start(command, input, errors, output)
    }
  }

  private static func start(
    _ command: Command, _ input: AsyncStream<[UInt8]>, _ errors: @escaping @Sendable ([UInt8]) async -> Void,
    _ output: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Termination {
    _ = ignoresBrokenPipes
    // Otherwise a missing folder would be reported as one that cannot be locked.
    guard access(command.folder, X_OK) == 0 else { throw ProcessError(.noFolder, command.folder) }
    let lock =
      if let folder = command.lockedFolder { try await FolderLocks.shared.acquire(folder) } else { Descriptor?.none }
    defer { if let folder = command.lockedFolder { FolderLocks.shared.release(folder) } }
    let supervisor: Supervisor
    do throws(SystemError) {
      supervisor = try Supervisor(holding: lock)
    } catch {
      throw ProcessError(starting: command.program, error)
    }
    let (report, error) = await run(command, by: supervisor, input, errors, output)
    try Task.checkCancellation()
    return Termination(status: try status(report, of: command, error), error: error)
  }

  /// Returns the report of the supervisor, or `nil` if it was killed, and the end of the program's standard error.
  private static func run(
    _ command: Command, by supervisor: Supervisor, _ input: AsyncStream<[UInt8]>,
    _ errors: @escaping @Sendable ([UInt8]) async -> Void,
    _ output: @escaping @Sendable ([UInt8]) async -> Void
  ) async -> (report: supervisor_report?, error: [UInt8]) {
    let (steps, step) = AsyncStream.makeStream(of: Step.self)
    // Not awaited after `late`: it reaps the supervisor whenever that ends.
    Task {
      await supervisor.run(command)
      if let report = await supervisor.report() { step.yield(.programEnded(report)) }
      await supervisor.end()
      step.yield(.allEnded)
    }
    let streams = Task { await transfer(with: supervisor, input, errors, output) }
    // Unstructured: it goes on after a cancellation, until all processes have ended or are late.
    let end = Task {
      var report: supervisor_report?
      var deadline: Task<Void, Never>?
      defer { deadline?.cancel() }
      for await next in steps {
        switch next {
        case .cancelled: break
        case .programEnded(let received): report = received
        case .allEnded, .late: return report
        }
        if deadline == nil {
          deadline = Task { if (try? await Task.sleep(for: Limits.endingTime)) != nil { step.yield(.late) } }
        }
      }
      return report
    }
    let report = await withTaskCancellationHandler {
      await end.value
    } onCancel: {
      supervisor.endProgram()
      streams.cancel()
      step.yield(.cancelled)
    }
    // Everything that the program wrote is in the pipes: the transfer reads that and ends.
    streams.cancel()
    return (report, await streams.value)
  }

  /// The steps until a program is over.
  private enum Step: Sendable {
    /// The task was cancelled.
    case cancelled
    case programEnded(supervisor_report)
    /// All its processes have ended.
    case allEnded
    /// Some processes could not be killed in time.
    case late
  }

  /// Writes the input of the program and reads its output, until both output streams end or the task is cancelled.
  /// Returns the end of its standard error.
  private static func transfer(
    with supervisor: Supervisor, _ input: AsyncStream<[UInt8]>,
    _ errors: @escaping @Sendable ([UInt8]) async -> Void, _ output: @Sendable ([UInt8]) async -> Void
  ) async -> [UInt8] {
    let feeding = Task { await write(input, to: supervisor.input) }
    async let error = tail(of: supervisor.error, errors)
    await supervisor.output.forEachChunk(output)
    supervisor.output.close()
    let tail = await error
    feeding.cancel()
    await feeding.value
    return tail
  }

  /// Writes the input until the program closes its end.
  private static func write(_ input: AsyncStream<[UInt8]>, to end: AsyncDescriptor) async {
    for await chunk in input {
      guard await end.write(chunk) else { break }
    }
    end.close()
  }

  private static func tail(
    of end: AsyncDescriptor, _ body: @escaping @Sendable ([UInt8]) async -> Void
  ) async -> [UInt8] {
    var tail: [UInt8] = []
    await end.forEachChunk { chunk in
      tail += chunk
      if tail.count > Limits.errorBytesMax { tail.removeFirst(tail.count - Limits.errorBytesMax) }
      await body(chunk)
    }
    end.close()
    return tail
  }

  /// Writing to a program that has ended must not end this process.
  private static let ignoresBrokenPipes: Bool = {
    signal(SIGPIPE, SIG_IGN)
    return true
  }()

  private static func status(
    _ report: supervisor_report?, of command: Command, _ error: [UInt8]
  ) throws(ProcessError) -> Termination.Status {
    guard let report else {
      // The dynamic linker writes there if a library of the supervisor is missing.
      let words = String(decoding: error, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " ")
      throw ProcessError(.failed, command.program, detail: words.isEmpty ? "its supervisor was killed" : words)
    }
    return switch Int(report.kind) {
    case supervisor_exited: .exited(Int(report.value))
    case supervisor_killed: .killed(signal: Int(report.value))
    case supervisor_no_folder: throw ProcessError(.noFolder, command.folder)
    case supervisor_not_run: throw ProcessError(running: command, SystemError(report.value))
    default: throw ProcessError(starting: command.program, SystemError(report.value))
    }
  }
}
