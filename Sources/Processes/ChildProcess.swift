internal import CSupervisor
internal import Glibc
internal import Synchronization

/// Runs programs, each below a supervisor process that ends it with all its descendants.
package enum ChildProcess {
  /// How a program ended.
  package struct Termination: Sendable, Equatable {
    /// How it ended.
    package enum Status: Sendable, Equatable {
      /// By itself, with this exit status.
      case exited(Int)
      /// By a signal.
      case killed(signal: Int)
    }

    /// How it ended.
    package var status: Status
    /// The last of what it wrote to standard error, at most 4 KiB.
    package var error: [UInt8]
  }

  /// Runs a program to its end.
  ///
  /// Cancelling the task asks all its processes to end, and kills them 300 ms later. What a program that ended by itself
  /// has left running has as long to end, and is killed then. The end of this process ends them as well.
  ///
  /// - Parameters:
  ///   - input: what it reads from standard input. It need not read all of it.
  ///   - errors: is given what it writes to standard error, piece by piece.
  ///   - output: is given what it writes to standard output, piece by piece; while it is busy, the program waits.
  /// - Throws: `ProcessError` where it cannot be started, `CancellationError` where the task was cancelled.
  package static func run(
    _ command: Command, input: [UInt8] = [], errors: @escaping @Sendable ([UInt8]) async -> Void = { _ in },
    output: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Termination {
    let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    if !input.isEmpty { continuation.yield(input) }
    continuation.finish()
    return try await run(command, input: pieces, errors: errors, output: output)
  }

  /// Runs a program to its end that is told more while it runs, as a partner in a dialogue is. See `run(_:input:output:)`.
  ///
  /// - Parameter input: what it reads from standard input, piece by piece, which is closed when the stream ends. When the
  ///   program closes its standard output and error, nothing more is taken from the stream.
  package static func run(
    _ command: Command, input: AsyncStream<[UInt8]>, errors: @escaping @Sendable ([UInt8]) async -> Void = { _ in },
    output: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Termination {
    _ = ignoresBrokenPipes
    // A folder that is not there would be told as one that cannot be locked.
    guard access(command.folder, X_OK) == 0 else { throw ProcessError(.noFolder, command.folder) }
    let lock =
      if let folder = command.lockedFolder { try await FolderLocks.shared.take(folder) } else { Descriptor?.none }
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

  /// Returns what the supervisor told of the program, and the end of what the program wrote to standard error.
  private static func run(
    _ command: Command, by supervisor: Supervisor, _ input: AsyncStream<[UInt8]>,
    _ errors: @escaping @Sendable ([UInt8]) async -> Void,
    _ output: @escaping @Sendable ([UInt8]) async -> Void
  ) async -> (report: supervisor_report?, error: [UInt8]) {
    let (steps, step) = AsyncStream.makeStream(of: Step.self)
    // Waits for the supervisor's end however long that takes: a process that ended must be waited for.
    Task {
      await supervisor.run(command)
      if let report = await supervisor.report() { step.yield(.programEnded(report)) }
      await supervisor.ended()
      step.yield(.allEnded)
    }
    let dialogue = Task { await talk(with: supervisor, input, errors, output) }
    // Not part of this task: what it waits for comes after a cancellation, too.
    let end = Task {
      var report: supervisor_report?
      var patience: Task<Void, Never>?
      defer { patience?.cancel() }
      for await happened in steps {
        switch happened {
        case .cancelled: break
        case .programEnded(let told): report = told
        case .allEnded, .late: return report
        }
        if patience == nil {
          patience = Task { if (try? await Task.sleep(for: Limits.endingTime)) != nil { step.yield(.late) } }
        }
      }
      return report
    }
    let report = await withTaskCancellationHandler {
      await end.value
    } onCancel: {
      supervisor.endProgram()
      dialogue.cancel()
      step.yield(.cancelled)
    }
    // What was written is there to be read: it waits for no more.
    dialogue.cancel()
    return (report, await dialogue.value)
  }

  /// What happens until a program is over.
  private enum Step: Sendable {
    /// Whoever waits for it does so no more.
    case cancelled
    case programEnded(supervisor_report)
    /// None of its processes is left.
    case allEnded
    /// Some are left that cannot be killed.
    case late
  }

  /// Gives the program its input and takes what it writes, until both ends of that are reached or the task is cancelled.
  /// Returns the end of what it wrote to standard error.
  private static func talk(
    with supervisor: Supervisor, _ input: AsyncStream<[UInt8]>,
    _ errors: @escaping @Sendable ([UInt8]) async -> Void, _ output: @Sendable ([UInt8]) async -> Void
  ) async -> [UInt8] {
    let feeding = Task { await feed(input, to: supervisor.input) }
    async let error = tail(of: supervisor.error, errors)
    await supervisor.output.forEachPiece(output)
    supervisor.output.close()
    let tail = await error
    feeding.cancel()
    await feeding.value
    return tail
  }

  /// Writes what a program reads. It need not read it: then writing fails, and nothing is lost.
  private static func feed(_ input: AsyncStream<[UInt8]>, to end: StreamEnd) async {
    for await piece in input {
      guard await end.write(piece) else { break }
    }
    end.close()
  }

  private static func tail(
    of end: StreamEnd, _ take: @escaping @Sendable ([UInt8]) async -> Void
  ) async -> [UInt8] {
    var tail: [UInt8] = []
    await end.forEachPiece { piece in
      tail += piece
      if tail.count > Limits.errorBytesKept { tail.removeFirst(tail.count - Limits.errorBytesKept) }
      await take(piece)
    }
    end.close()
    return tail
  }

  /// A program that ends without reading all its input must not end the gateway.
  private static let ignoresBrokenPipes: Bool = {
    signal(SIGPIPE, SIG_IGN)
    return true
  }()

  private static func status(
    _ report: supervisor_report?, of command: Command, _ error: [UInt8]
  ) throws(ProcessError) -> Termination.Status {
    guard let report else {
      // What the system says of one that it cannot start, as with libraries that are not there any more.
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
