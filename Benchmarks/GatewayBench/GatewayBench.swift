import Figures
import Foundation

/// Measures the program as a child process on a stand-in server, and a bare Python script beside it.
///
/// `GatewayBench EDGECRAB PYTHON_PACKAGES FOLDER [NAME…]` measures all groups but those that are slow, and writes a file
/// named after this machine into the folder, which also has the folders of the measured programs. With names, it
/// measures only these groups and writes no file.
@main struct GatewayBench {
  private struct Group: Sendable {
    let name: String
    var isSlow = false
    let run: @Sendable (Subjects) async throws -> [Figure]
  }

  private static let groups = [
    Group(name: "decoding") { _ in try DecodingBench.run() },
    Group(name: "check", run: LifeBench.check),
    Group(name: "start", run: LifeBench.start),
    Group(name: "rest", run: LifeBench.rest),
    Group(name: "unaddressed", run: UnaddressedBench.run),
    Group(name: "flood", run: FloodBench.run),
    Group(name: "echo", run: AnswerBench.echo),
    Group(name: "openai", run: AnswerBench.model),
    Group(name: "burst", run: BurstBench.run),
    Group(name: "answers", run: LifeBench.answers),
    Group(name: "instructions", isSlow: true, run: InstructionBench.run),
  ]

  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 3 else {
      print("usage: GatewayBench EDGECRAB PYTHON_PACKAGES FOLDER [\(groups.map(\.name).joined(separator: "|"))]")
      return
    }
    let paths = arguments.prefix(3).map { URL(filePath: $0).path }
    let subjects = Subjects(edgecrab: paths[0], pythonPackages: paths[1])
    let names = arguments.dropFirst(3)
    var table = FigureTable(peer: "script")
    let before = Machine.load
    for group in groups where names.isEmpty ? !group.isSlow : names.contains(group.name) {
      FileHandle.standardError.write(Data("measuring: \(group.name)\n".utf8))
      do {
        table.add(try await group.run(subjects))
      } catch {
        table.add([Figure(group.name, .missing("\(error)"))])
      }
    }
    let text = "\(Machine.text)\nload before: \(before), after: \(Machine.load)\n\n\(table.text)\n"
    print(text)
    guard names.isEmpty else { return }
    let file = URL(filePath: paths[2]).appending(path: "\(ProcessInfo.processInfo.hostName).md")
    try text.write(to: file, atomically: true, encoding: .utf8)
    print("written to \(file.path)")
  }
}
