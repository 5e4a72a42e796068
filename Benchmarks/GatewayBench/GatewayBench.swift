import Figures
import Foundation

/// Measures the program as a child process on a stand-in server, and a bare Python script beside it.
///
/// `GatewayBench EDGECRAB PYTHON_PACKAGES FOLDER [NAME…]` measures all groups but those that are slow, and writes a file
/// named after this machine into the folder, which also has the folders of the measured programs. With names, it
/// measures only these groups and writes no file.
@main struct GatewayBench {
  private static let benchmark = Benchmark<Subjects>(
    peer: "script",
    [
      .init("decoding") { _ in try DecodingBench.run() },
      .init("check", LifeBench.check),
      .init("start", LifeBench.start),
      .init("rest", LifeBench.rest),
      .init("unaddressed", UnaddressedBench.run),
      .init("flood", FloodBench.run),
      .init("echo", AnswerBench.echo),
      .init("openai", AnswerBench.model),
      .init("burst", BurstBench.run),
      .init("answers", LifeBench.answers),
      .init("instructions", isSlow: true, InstructionBench.run),
    ])

  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let names = Array(arguments.dropFirst(3))
    guard arguments.count >= 3, benchmark.hasGroups(names) else {
      print("usage: GatewayBench EDGECRAB PYTHON_PACKAGES FOLDER [\(benchmark.names)]")
      return
    }
    let paths = arguments.prefix(3).map { URL(filePath: $0).path }
    let text = await benchmark.report(on: Subjects(edgecrab: paths[0], pythonPackages: paths[1]), names)
    print(text + "\n")
    guard names.isEmpty else { return }
    let file = URL(filePath: paths[2]).appending(path: "\(ProcessInfo.processInfo.hostName).md")
    try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
    print("written to \(file.path)")
  }
}
