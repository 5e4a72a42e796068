import ArgumentParser
import ConfigLoader

struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find every mistake in rules files.",
    discussion: """
      Without a file it checks ~/.edgecrab/rules.yaml if there, else the built-in rules.

      It exits with 0 if the files are good, with 1 if there are findings, and with 2 if a file cannot be read.
      """)

  @Argument(help: "The rules files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  func run() throws {
    let environment = Environment.current()
    let sources = files.isEmpty ? [RulesSource.standard(environment)] : files.map(RulesSource.file)
    var status: Int32 = 0
    for source in sources {
      do throws(RulesFileError) {
        let loaded = try source.load(environment)
        if loaded.diagnostics.isEmpty, let rules = loaded.rules {
          Output.result("\(source.name): \(rules.summary): good")
        } else {
          Output.result(loaded.report)
          status = max(status, 1)
        }
      } catch {
        Output.notice("edgecrab: \(error)")
        status = 2
      }
    }
    if status != 0 { throw ExitCode(status) }
  }
}
