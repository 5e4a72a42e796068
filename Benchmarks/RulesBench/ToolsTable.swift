import FoundationEssentials
import Workload

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The CPU time and memory of tools for large rules files: the second table of `make bench`.
enum ToolsTable {
  /// The commands, with the codes that they may exit with: `fmt` with 1 if the file would change.
  private static let verbs: [(words: [String], codes: ClosedRange<Int32>)] = [
    (["check"], 0...0), (["who", "--agent", "echo"], 0...0), (["fmt", "--check"], 0...1), (["fmt", "--diff"], 0...1),
    (["show"], 0...0),
  ]

  static func print(program: String, directory: String) throws {
    Swift.print("\n" + row("file", "MB", "rules …", "CPU seconds", "peak MB"))
    let files = [
      ("10,000 mixed rules", Workload(rules: 10_000, events: 0).yaml),
      ("10,000 rules of a line", oneChannelEach(10_000)), ("100,000 rules of a line", oneChannelEach(100_000)),
    ]
    for (index, (name, text)) in files.enumerated() {
      let path = "\(directory)/tools-\(index).yaml"
      try Data(text.utf8).write(to: URL(filePath: path))
      for verb in verbs {
        let words = verb.words.joined(separator: " ")
        let usage = try run([program, "rules"] + verb.words + [path], exitingWith: verb.codes)
        Swift.print(
          row(
            name, decimal(Double(text.utf8.count) / 1_048_576), words, decimal(usage.seconds),
            "\(usage.peakBytes / 1_048_576)"))
      }
    }
  }

  /// Rules of one line, each with its own channel.
  private static func oneChannelEach(_ count: Int) -> String {
    let rules = (0..<count).map { "- {name: r\($0), when: {channel: c\($0)}, agent: echo}" }
    return "version: 1\nagents: {echo: {type: echo}}\nrules:\n" + rules.joined(separator: "\n") + "\n"
  }

  /// Runs a command without output, and returns its CPU time and memory.
  ///
  /// - Throws: `PreparedWorkload.Failure` if it does not start or exits with another code.
  private static func run(
    _ command: [String], exitingWith codes: ClosedRange<Int32>
  ) throws -> (seconds: Double, peakBytes: Int) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    guard posix_spawn(&process, command[0], &actions, nil, &arguments, environ) == 0 else {
      throw PreparedWorkload.Failure(description: "\(command[0]) does not start")
    }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    // As WIFEXITED and WEXITSTATUS have it: the low bits are the signal that ended it.
    guard status & 0x7F == 0, codes.contains(status >> 8 & 0xFF) else {
      let ending = status & 0x7F == 0 ? "exited with \(status >> 8 & 0xFF)" : "was ended by signal \(status & 0x7F)"
      throw PreparedWorkload.Failure(description: "\(command.joined(separator: " ")) \(ending)")
    }
    let times = [usage.ru_utime, usage.ru_stime]
    return (
      times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000 }, usage.ru_maxrss * 1_024
    )
  }

  private static func row(_ columns: String...) -> String {
    zip(columns, [24, 6, 20, 12, 8]).map { text, width in
      text + String(repeating: " ", count: max(1, width - text.count))
    }.joined()
  }

  private static func decimal(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
