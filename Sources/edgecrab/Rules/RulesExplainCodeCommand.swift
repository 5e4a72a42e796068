import ArgumentParser
import ConfigLoader
import Core
import RulesTools

struct RulesExplainCodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain-code",
    abstract: "Explain a diagnostic, with examples.",
    discussion: "Without a code, lists all of them.")

  @Argument(help: "The code of a diagnostic, like E0103.")
  var code: String?

  func run() throws {
    guard let code else {
      for code in DiagnosticCode.allCases { Output.result("\(code.rawValue)  \(code.page.title)") }
      return
    }
    guard let known = DiagnosticCode(written: code) else {
      let nearest = Spelling.nearest(to: code, among: DiagnosticCode.allCases.map(\.rawValue))
      let remedy = nearest.map { "did you mean \($0)?" } ?? "`edgecrab rules explain-code` lists all codes"
      throw cannotRun("there is no code \(quoted(code)); \(remedy)")
    }
    Output.result(known.page.text)
  }
}
