internal import CSupervisor
internal import Glibc

/// A supervisor process, and our ends of the streams of the program that it runs. See `supervisor.h`.
///
/// It ends when all the program's processes are gone; until then it holds the lock that it was started with. When this
/// process is gone, however it ended, the control socket ends with it, and the supervisor ends the program.
struct Supervisor: Sendable {
  let input, output, error: StreamEnd
  private let control: StreamEnd
  private let process: pid_t

  /// The highest number of a supervisor's own descriptors.
  static let highestNumber = Int32(supervisor_lock)

  /// Starts a supervisor, which waits for its plan.
  init(holding lock: Descriptor?) throws(SystemError) {
    let readiness = try Readiness.shared()
    let (inputReading, inputWriting) = try Descriptor.pipe()
    let (outputReading, outputWriting) = try Descriptor.pipe()
    let (errorReading, errorWriting) = try Descriptor.pipe()
    let (ours, its) = try Descriptor.sockets()
    input = try StreamEnd(inputWriting, readiness)
    output = try StreamEnd(outputReading, readiness)
    error = try StreamEnd(errorReading, readiness)
    control = try StreamEnd(ours, readiness)
    let given = [inputReading, outputWriting, errorWriting, its]
    // Only the supervisor is to have these ends, so that they end with it.
    defer { for descriptor in given { descriptor.close() } }
    let numbers = (given + (lock.map { [$0] } ?? [])).map(\.number)
    var process = pid_t()
    let error = supervisor_spawn(&process, numbers, Int32(numbers.count))
    guard error == 0 else { throw SystemError(error) }
    self.process = process
  }

  /// Has it run a program.
  func run(_ command: Command) async { _ = await control.write(command.plan) }

  /// Has it end the program with all its processes.
  func endProgram() { control.endWriting() }

  /// What it tells of the program; nil where it ended before.
  func report() async -> supervisor_report? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: MemoryLayout<supervisor_report>.size)
    while bytes.count < buffer.count {
      let count = await control.read(into: &buffer)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: supervisor_report.self) }
  }

  /// Returns when it has ended; it does now, if it has not begun to. To be called once, or its number could stand for
  /// another process.
  func ended() async {
    endProgram()
    var byte: [UInt8] = [0]
    while await control.read(into: &byte) > 0 {}
    // It is on its way out: its descriptors are being closed.
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    control.close()
  }
}

extension Command {
  /// It as a supervisor reads it.
  fileprivate var plan: [UInt8] {
    let variables = environment.map { "\($0)=\($1)" }
    let texts = ([folder, program] + arguments + variables).flatMap { $0.utf8.prefix { $0 != 0 } + [0] }
    let grace = Limits.grace.components
    let facts = supervisor_plan(
      open_files: InheritedLimits.openFiles,
      grace: UInt32(grace.seconds * 1_000 + grace.attoseconds / 1_000_000_000_000_000),
      arguments: UInt32(arguments.count + 1), variables: UInt32(variables.count), size: UInt32(texts.count))
    return withUnsafeBytes(of: facts) { Array($0) } + texts
  }
}
