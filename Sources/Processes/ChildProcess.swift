internal import Glibc
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// Runs programs, each with its children in a process group of its own that dies whole.
public enum ChildProcess {
  /// How a program ended.
  public struct End: Sendable, Equatable {
    /// How it ended.
    public enum Status: Sendable, Equatable {
      /// By itself, with this exit status.
      case exited(Int)
      /// By a signal.
      case killed(signal: Int)
    }

    /// How it ended.
    public var status: Status
    /// The last of what it wrote to standard error, at most 4 KiB.
    public var error: [UInt8]
  }

  /// Runs a program to its end.
  ///
  /// Cancelling the task asks the whole group to end, and kills it 300 ms later. What a program that ended by itself has
  /// left running in its group is killed.
  ///
  /// - Parameters:
  ///   - input: what it reads from standard input. It need not read all of it.
  ///   - output: is given what it writes to standard output, piece by piece; while it is busy, the program waits.
  /// - Throws: `ProcessError` where it cannot be started, `CancellationError` where the task was cancelled.
  public static func run(
    _ command: Command, input: [UInt8] = [], output: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> End {
    let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    if !input.isEmpty { continuation.yield(input) }
    continuation.finish()
    return try await run(command, input: pieces, output: output)
  }

  /// Runs a program to its end that is told more while it runs, as a partner in a dialogue is. See `run(_:input:output:)`.
  ///
  /// - Parameter input: what it reads from standard input, piece by piece, which is closed when the stream ends. When the
  ///   program closes its standard output, nothing more is taken from the stream.
  public static func run(
    _ command: Command, input: AsyncStream<[UInt8]>, output: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> End {
    _ = ignoresBrokenPipes
    // A folder that is not there would be told as a program that is not there.
    guard access(command.folder, X_OK) == 0 else { throw ProcessError(.noFolder, command.folder) }
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Limits.grace)
    ]
    let configuration = Configuration(
      executable: command.program.contains("/") ? .path(FilePath(command.program)) : .name(command.program),
      arguments: Arguments(command.arguments),
      environment: .custom(
        Dictionary(uniqueKeysWithValues: command.environment.map { (Environment.Key(stringLiteral: $0), $1) })),
      workingDirectory: FilePath(command.folder), platformOptions: options)
    let group = ProcessGroup()
    // Whatever becomes of it, nothing of its group stays.
    defer { group.kill() }
    do {
      let result = try await Subprocess.run(
        configuration, input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        group.lead(by: execution.processIdentifier.value)
        let feeding = Task { await feed(input, to: execution.standardInputWriter) }
        defer { feeding.cancel() }
        async let error = tail(of: execution.standardError)
        for try await piece in execution.standardOutput {
          await output(piece.withUnsafeBytes { Array($0) })
        }
        let tail = try await error
        feeding.cancel()
        await feeding.value
        return tail
      }
      try Task.checkCancellation()
      return End(status: End.Status(result.terminationStatus), error: result.closureResult)
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw ProcessError(error, command.program)
    }
  }

  /// Writes what a program reads. It need not read it: then writing fails, and nothing is lost.
  private static func feed(_ input: AsyncStream<[UInt8]>, to writer: StandardInputWriter) async {
    for await piece in input {
      guard (try? await writer.write(piece)) != nil else { break }
    }
    try? await writer.finish()
  }

  /// A program that ends without reading all its input must not end the gateway.
  private static let ignoresBrokenPipes: Bool = {
    signal(SIGPIPE, SIG_IGN)
    return true
  }()

  private static func tail(of stream: SubprocessOutputSequence) async throws -> [UInt8] {
    var tail: [UInt8] = []
    for try await piece in stream {
      piece.withUnsafeBytes { tail += $0 }
      if tail.count > Limits.errorBytesKept { tail.removeFirst(tail.count - Limits.errorBytesKept) }
    }
    return tail
  }
}

/// The process group of a program, by its leader.
private final class ProcessGroup: Sendable {
  private let leader = Mutex<pid_t?>(nil)

  func lead(by process: pid_t) { leader.withLock { $0 = process } }

  func kill() {
    if let leader = leader.withLock({ $0 }) { _ = Glibc.kill(-leader, SIGKILL) }
  }
}

extension ChildProcess.End.Status {
  fileprivate init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(Int(code))
    case .signaled(let signal): self = .killed(signal: Int(signal))
    }
  }
}
