internal import CSupervisor
internal import Core
internal import Glibc

/// A supervisor process and the streams of the program that it runs. See `supervisor.h`.
///
/// It ends when all processes of the program are gone, and until then holds the lock that it was started with. If this
/// process ends, its end of the control socket is closed, and the supervisor ends the program.
struct Supervisor: Sendable {
  let input, output, error: AsyncDescriptor
  private let control: AsyncDescriptor
  private let process: pid_t

  /// The highest descriptor that a supervisor uses itself.
  static let highestNumber = Int32(supervisor_lock)

  /// Starts a supervisor, which waits for its plan.
  init(holding lock: Descriptor?) throws(SystemError) {
    let reactor = try EpollReactor.shared()
    let (inputReading, inputWriting) = try Descriptor.pipe()
    let (outputReading, outputWriting) = try Descriptor.pipe()
    let (errorReading, errorWriting) = try Descriptor.pipe()
    let (ours, its) = try Descriptor.sockets()
    input = try AsyncDescriptor(inputWriting, reactor)
    output = try AsyncDescriptor(outputReading, reactor)
    error = try AsyncDescriptor(errorReading, reactor)
    control = try AsyncDescriptor(ours, reactor)
    let given = [inputReading, outputWriting, errorWriting, its]
    // Only the supervisor may have these ends, so that they are closed with it.
    defer { for descriptor in given { descriptor.close() } }
    let numbers = (given + (lock.map { [$0] } ?? [])).map(\.number)
    var process = pid_t()
    let error = supervisor_spawn(&process, numbers, Int32(numbers.count))
    guard error == 0 else { throw SystemError(error) }
    self.process = process
  }

  /// Makes it run a program.
  func run(_ command: Command) async { _ = await control.write(command.plan) }

  /// Makes it end the program with all its processes.
  func endProgram() { control.endWriting() }

  /// Waits for its report about the program; `nil` if it ended without one.
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

  /// Ends it and waits until it has ended. Call it once: afterwards its process id may be reused.
  func end() async {
    endProgram()
    var byte: [UInt8] = [0]
    while await control.read(into: &byte) > 0 {}
    // The process is exiting: its descriptors are closed.
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    control.close()
  }
}

extension Command {
  /// The plan that a supervisor reads (`supervisor_plan`, then texts that end with NUL).
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
