import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Processes

@Suite("Child processes", .timeLimit(.minutes(1)))
struct ChildProcessTests {
  private let folder: TemporaryFolder
  private let environment = ["PATH": "/usr/bin:/bin"]

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ text: String, _ more: [String: String] = [:]) -> Command {
    .shell(text, in: folder.url.path, environment: environment.merging(more) { $1 })
  }

  private func run(_ command: Command, input: String = "") async throws -> (ChildProcess.Termination, String) {
    let output = Collected()
    let end = try await ChildProcess.run(command, input: Array(input.utf8)) { output.add($0) }
    return (end, String(decoding: output.bytes, as: UTF8.self))
  }

  private final class Collected: Sendable {
    private let all = Mutex<[UInt8]>([])
    var bytes: [UInt8] { all.withLock { $0 } }
    func add(_ more: [UInt8]) { all.withLock { $0 += more } }
  }

  /// Returns whether a process is there, and no zombie.
  private func isAlive(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return !status.contains(") Z ")
  }

  private func pid(_ name: String) async throws -> Int32 {
    var text = ""
    try await wait(for: "\(name) to be written") {
      text = (try? String(contentsOfFile: folder.path(name), encoding: .utf8)) ?? ""
      return text.hasSuffix("\n")
    }
    return try #require(Int32(text.dropLast()))
  }

  @Test func `a program gets input and a folder, and returns output, error and status`() async throws {
    let (end, output) = try await run(shell("cat; pwd; echo oh >&2; exit 3"), input: "hello\n")
    #expect(output == "hello\n\(folder.url.resolvingSymlinksInPath().path)\n")
    #expect(end == ChildProcess.Termination(status: .exited(3), error: Array("oh\n".utf8)))
  }

  @Test func `a program has exactly the given variables`() async throws {
    setenv("EDGECRAB_TEST_SECRET", "sesame", 1)
    let (_, output) = try await run(
      Command("env", in: folder.url.path, environment: environment.merging(["A": "b"]) { $1 }))
    #expect(Set(output.split(separator: "\n")) == ["PATH=/usr/bin:/bin", "A=b"])
    #expect(
      Command.plainEnvironment(of: ["PATH": "p", "LC_ALL": "C", "MATTERMOST_TOKEN": "t", "HOME": "h"])
        == ["PATH": "p", "LC_ALL": "C", "HOME": "h"])
  }

  @Test func `a program may leave its input unread`() async throws {
    let (end, output) = try await run(shell("echo done"), input: String(repeating: "x", count: 1_000_000))
    #expect(end.status == .exited(0) && output == "done\n")
  }

  @Test func `a program has the signal handling of a shell's child`() async throws {
    let (end, output) = try await run(shell("grep SigIgn /proc/self/status; yes | head -n 1"))
    let lines = output.split(separator: "\n")
    let ignored = try #require(lines.first?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
    // The C library reserves two after the first 31.
    #expect(ignored & 0x7FFF_FFFF == 0 && lines.last == "y")
    #expect(end.error.isEmpty)
  }

  @Test func `output is unlimited, and the end of standard error is returned`() async throws {
    let (end, output) = try await run(shell("head -c 10000000 /dev/zero; head -c 100000 /dev/zero >&2; echo end >&2"))
    #expect(output.utf8.count == 10_000_000)
    #expect(end.error.count == Limits.errorBytesMax && end.error.suffix(4) == Array("end\n".utf8)[...])
  }

  @Test func `no shell interprets arguments`() async throws {
    let hostile = "$(touch x); `touch x` && * \"' \n"
    let (_, output) = try await run(
      Command("printf", ["%s", hostile], in: folder.url.path, environment: environment))
    #expect(output == hostile)
  }

  @Test func `a missing program, a folder and a missing folder have different errors`() async throws {
    for (command, code) in [
      (Command("no-such-program", in: folder.url.path, environment: environment), ProcessError.Code.notFound),
      (Command("/no/such/program", in: folder.url.path, environment: environment), .notFound),
      (Command("true", in: folder.path("gone"), environment: environment), .noFolder),
    ] {
      await #expect {
        _ = try await run(command)
      } throws: { ($0 as? ProcessError)?.code == code }
    }
  }

  @Test func `a cancelled program is killed with all its children, also those that ignore SIGTERM`() async throws {
    let stubborn = "trap '' TERM; echo $$ > child; while :; do sleep 1; done"
    let text = "trap '' TERM; echo $$ > parent; sh -c '\(stubborn.replacing("'", with: "'\\''"))' & wait"
    let running = Task { try await run(shell(text)) }
    let pids = [try await pid("parent"), try await pid("child")]
    #expect(pids.allSatisfy(isAlive))
    running.cancel()
    await #expect(throws: CancellationError.self) { _ = try await running.value }
    try await wait(for: "both to be gone") { !pids.contains(where: isAlive) }
  }

  @Test func `a program that ends leaves no children running`() async throws {
    let (end, _) = try await run(
      shell("sh -c 'exec >/dev/null 2>&1; echo $$ > child; sleep 1000' & while ! [ -s child ]; do sleep 0.01; done"))
    #expect(end.status == .exited(0))
    let child = try await pid("child")
    try await wait(for: "it to be gone") { !isAlive(child) }
  }

  @Test func `a program inherits no open files`() async throws {
    let path = try folder.write("secret", to: "secret")
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    let (_, output) = try await run(shell("ls /proc/self/fd"))
    #expect(!output.split(separator: "\n").contains("\(file)"))
  }

  @Test func `a killed program returns its signal`() async throws {
    let (end, _) = try await run(shell("kill -9 $$"))
    #expect(end.status == .killed(signal: 9))
  }
}
