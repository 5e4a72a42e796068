import ArgumentParser
import ConfigLoader
import Core

struct RulesExplainCodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain-code",
    abstract: "Say what a finding's code means, with examples.",
    discussion: "Without a code it lists all of them.")

  @Argument(help: "The code of a finding, like E0103.")
  var code: String?

  func run() throws {
    guard let code else {
      for code in DiagnosticCode.allCases { Output.result("\(code.rawValue)  \(code.page.title)") }
      return
    }
    guard let known = DiagnosticCode(written: code) else {
      let nearest = Spelling.nearest(to: code, among: DiagnosticCode.allCases.map(\.rawValue))
      let cure = nearest.map { "did you mean \($0)?" } ?? "`edgecrab rules explain-code` lists them"
      Output.notice("edgecrab: there is no code \(quoted(code)); \(cure)")
      throw ExitCode(2)
    }
    Output.result(known.page.text)
  }
}
