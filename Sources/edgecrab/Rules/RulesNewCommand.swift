import ArgumentParser
import BuiltInRules
import ConfigLoader

struct RulesNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Print a rules file to start from, with comments and tests.",
    discussion: """
      The cases:

      \(Starter.allCases.map { "  \($0.rawValue.padded(to: 10))\($0.purpose)" }.joined(separator: "\n"))
      """)

  @Option(name: .customLong("from"), help: "The case at hand.")
  var starter: Starter = .mention

  @Option(help: "Write it to this file, which must not be there yet.", completion: .file())
  var output: String?

  func run() throws {
    guard let output else {
      Output.result(String(decoding: starter.yaml, as: UTF8.self))
      return
    }
    do throws(NewFile.Problem) {
      try NewFile.write(starter.yaml, to: output)
    } catch {
      Output.notice("edgecrab: \(error.sentence(about: output))")
      throw ExitCode(2)
    }
    Output.notice("Wrote it. Next: edgecrab rules check \(output.printable)")
  }
}

extension Starter: ExpressibleByArgument {}

extension NewFile.Problem {
  fileprivate func sentence(about path: String) -> String {
    switch self {
    case .exists: "there is a file `\(path.printable)` already; name another one, or take it away first"
    case .other(let reason): "the file `\(path.printable)` cannot be written: \(reason)"
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
