import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Processes

/// A program ends with all its processes.
@Suite("All processes of a program", .timeLimit(.minutes(1)))
struct ProcessTreeTests {
  private let folder: TemporaryFolder
  private let marked = TaggedProcesses()

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ text: String) -> Command {
    Command(
      "/bin/bash", ["-c", text], in: folder.url.path, environment: ["PATH": "/usr/bin:/bin", "MARK": marked.mark])
  }

  private func python(_ text: String) -> Command {
    Command("python3", ["-c", text], in: folder.url.path, environment: ["PATH": "/usr/bin:/bin", "MARK": marked.mark])
  }

  private func run(_ command: Command) async throws -> (ChildProcess.Termination, String) {
    let output = Mutex<[UInt8]>([])
    let end = try await ChildProcess.run(command) { piece in output.withLock { $0 += piece } }
    return (end, String(decoding: output.withLock { $0 }, as: UTF8.self))
  }

  /// Runs a program until all its processes have written a file each, and cancels it.
  private func cancel(_ command: Command, once files: [String]) async throws {
    let running = Task { try await run(command) }
    try await wait(for: "\(files) to be written") {
      files.allSatisfy { FileManager.default.fileExists(atPath: folder.path($0)) }
    }
    // Not there for a moment, while it becomes another program.
    try await wait(for: "all to be found") { try marked.alive().count >= files.count }
    running.cancel()
    await #expect(throws: CancellationError.self) { _ = try await running.value }
  }

  @Test(arguments: [
    ("a session of its own", "setsid sh -c 'touch child; exec sleep 1000' & touch parent; wait"),
    ("a group of its own", "set -m; sh -c 'touch child; exec sleep 1000' & touch parent; wait"),
    ("a daemon", "(setsid sh -c 'sh -c \"touch child; exec sleep 1000\" &' &); touch parent; sleep 1000"),
    (
      "one that will not end",
      "trap '' TERM; setsid sh -c \"trap '' TERM; touch child; while :; do sleep 1; done\" & touch parent; wait; wait"
    ),
    ("one that is stopped", "setsid sh -c 'touch child; kill -STOP $$' & touch parent; wait"),
  ])
  func `processes that left the program's group end with it`(kind: String, text: String) async throws {
    try await cancel(shell(text), once: ["parent", "child"])
    #expect(try marked.alive() == [])
  }

  @Test func `processes have time to end after SIGTERM`() async throws {
    let text = """
      import os, signal, sys, time
      if os.fork() == 0: os.setsid()
      name = str(os.getpid())
      def end(*_):
        open(name + ".ended", "w")
        sys.exit()
      signal.signal(signal.SIGTERM, end)
      open("one" if os.getsid(0) == os.getpid() else "other", "w")
      while True: time.sleep(1)
      """
    try await cancel(python(text), once: ["one", "other"])
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(files.filter { $0.hasSuffix(".ended") }.count == 2)
  }

  @Test func `processes that fork all the time are found`() async throws {
    let text = """
      import os, signal, time
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      signal.signal(signal.SIGCHLD, signal.SIG_IGN)
      def flee():
        while True:
          if os.fork(): os._exit(0)
          os.setsid()
      for number in range(5):
        if os.fork() == 0: flee()
      open("fleeing", "w")
      time.sleep(1000)
      """
    try await cancel(python(text), once: ["fleeing"])
    #expect(try marked.alive() == [])
  }

  @Test func `processes left by a program that ended are killed without delaying the result`() async throws {
    // Both hold its standard output, so that it has no end as long as they live.
    let (end, output) = try await run(
      shell("setsid sleep 1000 & (setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' &) ; echo done; exit 4"))
    #expect(end.status == .exited(4) && output == "done\n")
    #expect(try marked.alive() == [])
  }

  @Test func `a process that still handles the output of an ended program may finish`() async throws {
    let (_, output) = try await run(shell("exec > >(sed s/a/b/; sleep 0.05; echo end); echo a"))
    #expect(output == "b\nend\n")
  }

  @Test func `a program that has closed its streams is awaited`() async throws {
    let (end, _) = try await run(shell("exec <&- >&- 2>&-; sleep 0.3; touch over; exit 5"))
    #expect(end.status == .exited(5))
    #expect(FileManager.default.fileExists(atPath: folder.path("over")))
  }

  @Test(arguments: [false, true])
  func `another process that holds the output does not delay the result`(isCancelled: Bool) async throws {
    let running = Task {
      try await run(shell("echo $$ > pid; while ! [ -e over ]; do sleep 0.01; done; echo done; exit 6"))
    }
    var pid = ""
    try await wait(for: "the program") {
      pid = (try? String(contentsOfFile: folder.path("pid"), encoding: .utf8)) ?? ""
      return pid.hasSuffix("\n")
    }
    // As a process of another user, it is not ended with the program.
    let stranger = open("/proc/\(pid.dropLast())/fd/1", O_WRONLY | O_CLOEXEC)
    #expect(stranger >= 0)
    let flood = Thread {
      let bytes = [UInt8](repeating: 0, count: 100_000)
      while write(stranger, bytes, bytes.count) > 0 {}
      close(stranger)
    }
    if isCancelled {
      flood.start()
      running.cancel()
      await #expect(throws: CancellationError.self) { _ = try await running.value }
    } else {
      _ = try folder.write("", to: "over")
      let (end, output) = try await running.value
      #expect(end.status == .exited(6) && output == "done\n")
      close(stranger)
    }
  }

  @Test func `a program whose supervisor is killed dies, and the error says so`() async throws {
    await #expect {
      _ = try await run(shell("kill -9 $PPID; sleep 1000"))
    } throws: { ($0 as? ProcessError)?.detail == "its supervisor was killed" }
    try await wait(for: "it to be gone") { try marked.alive().isEmpty }
  }

  @Test func `a supervisor that gets SIGTERM ends its program`() async throws {
    let (end, _) = try await run(shell("setsid sleep 1000 & kill $PPID; wait; sleep 1000"))
    #expect(end.status == .killed(signal: 15))
    #expect(try marked.alive() == [])
  }

  // MARK: The lock of a folder

  /// Locks the folder as another gateway's supervisor does.
  private func lockedElsewhere() -> Int32 {
    let other = open(folder.url.path, O_RDONLY | O_CLOEXEC)
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    return other
  }

  @Test func `a program waits until programs of another gateway have left its folder`() async throws {
    let other = lockedElsewhere()
    let running = Task { try await run(shell("cat state").lockingFolder()) }
    // Programs that are started later and wait for nothing end meanwhile.
    for _ in 1...5 { _ = try await run(shell("true")) }
    _ = try folder.write("free", to: "state")
    close(other)
    #expect(try await running.value.1 == "free")
  }

  @Test func `a program does not start in a folder that another gateway uses`() async throws {
    let other = lockedElsewhere()
    defer { close(other) }
    await #expect {
      _ = try await run(shell("touch started").lockingFolder())
    } throws: { error in
      "\(error)".contains("uses the folder `\(folder.url.path)`; `fuser -v")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("started")))
    #expect(try await run(shell("echo done")).1 == "done\n")
  }

  @Test func `programs of one gateway share a folder, which is free after the last one`() async throws {
    let first = Task { try await run(shell("touch first; while ! [ -e second ]; do sleep 0.01; done").lockingFolder()) }
    try await wait(for: "the first") { FileManager.default.fileExists(atPath: folder.path("first")) }
    _ = try await run(shell("touch second").lockingFolder())
    _ = try await first.value
    close(lockedElsewhere())
  }
}
