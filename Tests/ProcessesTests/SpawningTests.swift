import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Processes

/// Starting programs without enough descriptors or processes.
@Suite("Starting programs", .timeLimit(.minutes(2)), .serialized)
struct SpawningTests {
  private let folder: TemporaryFolder
  private let environment = ["PATH": "/usr/bin:/bin"]

  init() throws { folder = try TemporaryFolder() }

  private func run(_ command: Command, input: [UInt8] = []) async throws -> (ChildProcess.Termination, String) {
    let output = Mutex<[UInt8]>([])
    let end = try await ChildProcess.run(command, input: input) { piece in output.withLock { $0 += piece } }
    return (end, String(decoding: output.withLock { $0 }, as: UTF8.self))
  }

  private func shell(_ text: String) -> Command { .shell(text, in: folder.url.path, environment: environment) }

  private var openFiles: rlimit {
    get {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      return limit
    }
    nonmutating set {
      var limit = newValue
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
  }

  /// The next numbers that descriptors get, but those that ours do not use. Some that are not open are not free, as
  /// those of threads that wait in `accept`.
  private func freeNumbers(_ count: Int) -> [Int32] {
    let opened = (1...count).map { _ in fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, Supervisor.highestNumber + 1) }
    defer { for number in opened { close(number) } }
    return opened
  }

  private func descriptors() -> [Int32] { (0..<1_024).filter { fcntl($0, F_GETFD) >= 0 } }

  @Test func `with too few descriptors, a program does not start and the error says why`() async throws {
    // Files that the first use opens stay open.
    _ = try await run(shell("true"))
    let before = openFiles
    let open = descriptors()
    let free = freeNumbers(17)
    defer { openFiles = before }
    var refused = 0
    for room in 0..<16 {
      openFiles = rlimit(rlim_cur: rlim_t(free[room]), rlim_max: before.rlim_max)
      let result = await Result { () async throws in try await run(shell("echo done").lockingFolder()) }
      openFiles = before
      #expect(descriptors() == open)
      switch result {
      case .success(let (_, output)): #expect(output == "done\n" && room >= 9)
      case .failure(let error):
        refused += 1
        #expect("\(error)".contains("too many files are open; raise the limit (`ulimit -n`, or LimitNOFILE="))
      }
    }
    #expect((9..<16).contains(refused))
  }

  @Test func `two hundred programs run at once`() async throws {
    let before = openFiles
    defer { openFiles = before }
    openFiles = rlimit(rlim_cur: before.rlim_max, rlim_max: before.rlim_max)
    let gate = folder.path("gate")
    let all = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 1...200 {
        let text = "echo \(number) >> started; while ! [ -e '\(gate)' ]; do sleep 0.2; done; cat; echo \(number)"
        group.addTask { try await run(shell(text), input: Array("\(number) ".utf8)).1 }
      }
      try await wait(for: "all to run", within: .seconds(60)) {
        (try? String(contentsOfFile: folder.path("started"), encoding: .utf8))?.split(separator: "\n").count == 200
      }
      _ = try folder.write("", to: "gate")
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(all == Set((1...200).map { "\($0) \($0)\n" }))
  }

  @Test func `programs have the limit of descriptors that this process was started with`() async throws {
    InheritedLimits.openFiles = 321
    defer { InheritedLimits.openFiles = .max }
    #expect(try await run(shell("ulimit -Sn")).1 == "321\n")
    #expect(openFiles.rlim_cur != 321)
    #expect(
      try await run(shell("ulimit -Hn")).1
        == (openFiles.rlim_max == .max ? "unlimited\n" : "\(openFiles.rlim_max)\n"))
  }

  @Test func `programs have a session without a terminal, and no signal is blocked or ignored`() async throws {
    let (_, output) = try await run(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status; cat /proc/$$/stat"))
    let words = output.split(whereSeparator: \.isWhitespace)
    #expect(UInt64(words[1], radix: 16) == 0)
    // The C library reserves two after the first 31.
    #expect(UInt64(words[3], radix: 16).map { $0 & 0x7FFF_FFFF } == 0)
    let facts = words.drop { $0 != "(sh)" }.map(String.init)
    // pid (name) state parent group session terminal
    let (parent, group, session, terminal) = (facts[2], facts[3], facts[4], facts[5])
    #expect(words.contains("\(group)") && session == parent && group != parent && terminal == "0")
    #expect(session != "\(getsid(0))")
  }

  @Test func `programs have only their standard streams open`() async throws {
    let inherited = Glibc.open("/dev/null", O_RDONLY)
    defer { close(inherited) }
    #expect(try await run(shell("ls /proc/$$/fd; true").lockingFolder()).1 == "0\n1\n2\n")
  }

  @Test func `a program that may not be run and a missing program have different errors`() async throws {
    let path = try folder.write("#!/bin/sh\n", to: "program")
    let runnable = try folder.write("#!/no/such/interpreter\n", to: "other")
    let text = try folder.write("no program\n", to: "text")
    for file in [runnable, text] {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }
    for (program, code) in [
      (path, ProcessError.Code.notExecutable), ("./program", .notExecutable), (folder.url.path, .isFolder),
      (runnable, .notFound), (path + "/x", .notFound), ("", .notFound), ("program", .notFound), (text, .failed),
    ] {
      await #expect("\(program)") {
        _ = try await run(Command(program, in: folder.url.path, environment: environment))
      } throws: { ($0 as? ProcessError)?.code == code }
    }
    let search = ["PATH": "\(folder.url.path):/usr/bin:/bin"]
    await #expect {
      _ = try await run(Command("program", in: folder.url.path, environment: search))
    } throws: { ($0 as? ProcessError)?.code == .notExecutable }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    #expect(try await run(Command("program", in: folder.url.path, environment: search)).0.status == .exited(0))
    #expect(try await run(Command("./program", in: folder.url.path, environment: [:])).0.status == .exited(0))
  }

  @Test func `a NUL in a variable ends that variable only`() async throws {
    let command = Command(
      "/bin/sh", ["-c", "echo \"$A,$B,$1\"", "sh", "x\u{0}B=other"], in: folder.url.path,
      environment: ["A": "a\u{0}B=other", "B": "b"])
    #expect(try await run(command).1 == "a,b,x\n")
  }

  @Test func `a program waits while its output is being handled`() async throws {
    let progress = folder.path("progress")
    let taken = Mutex((count: 0, written: ""))
    let end = try await ChildProcess.run(
      shell("for i in 1 2 3 4 5; do head -c 1000000 /dev/zero; echo $i > progress; done")
    ) { piece in
      if taken.withLock({ $0.count }) == 0 {
        // Another program, which is started later, writes as much meanwhile.
        _ = try? await run(shell("head -c 5000000 /dev/zero"))
        let written = (try? String(contentsOfFile: progress, encoding: .utf8)) ?? "none"
        taken.withLock { $0.written = written }
      }
      taken.withLock { $0.count += piece.count }
    }
    #expect(end.status == .exited(0))
    #expect(taken.withLock { $0.count } == 5_000_000 && taken.withLock { $0.written } == "none")
  }

  @Test func `output written just before the end is not lost`() async throws {
    try await withThrowingTaskGroup { group in
      for _ in 1...8 {
        group.addTask {
          for number in 1...50 {
            let (end, output) = try await run(shell("echo \(number); echo oh >&2; exit 2"))
            #expect(
              output == "\(number)\n" && end == ChildProcess.Termination(status: .exited(2), error: Array("oh\n".utf8)))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `unread input does not delay the result`() async throws {
    let (pieces, piece) = AsyncStream.makeStream(of: [UInt8].self)
    piece.yield([UInt8](repeating: 0, count: 10_000_000))
    let end = try await ChildProcess.run(shell("sleep 0.1; exit 3"), input: pieces) { _ in }
    #expect(end.status == .exited(3))
    let running = Task {
      try await run(shell("touch there; sleep 1000"), input: [UInt8](repeating: 0, count: 10_000_000))
    }
    try await wait(for: "it to run") { FileManager.default.fileExists(atPath: folder.path("there")) }
    running.cancel()
    await #expect(throws: CancellationError.self) { _ = try await running.value }
  }

  @Test func `a program that is cancelled before it starts leaves nothing`() async throws {
    _ = try await run(shell("true"))
    let before = descriptors()
    for _ in 0..<20 {
      let running = Task { try await run(shell("sleep 1000").lockingFolder()) }
      running.cancel()
      await #expect(throws: CancellationError.self) { _ = try await running.value }
    }
    #expect(descriptors() == before)
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ work: () async throws -> Success) async {
    do { self = .success(try await work()) } catch { self = .failure(error) }
  }
}
