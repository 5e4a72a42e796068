import Foundation

/// Measures the way of a post through the gateway, from the frame to the answer.
///
/// `GatewayBench EDGECRAB FOLDER` runs that program and writes a file named after this machine into the folder.
@main struct GatewayBench {
  static func main() async throws {
    guard CommandLine.arguments.count == 3 else {
      print("usage: GatewayBench EDGECRAB FOLDER")
      return
    }
    let program = CommandLine.arguments[1]
    var report = BenchReport()
    report.add(try DecodingBench.run())
    report.add(try await FloodBench.run(program))
    report.add(try await AnswerBench.run(program))
    print(report.text)
    try report.write(to: CommandLine.arguments[2])
  }
}
