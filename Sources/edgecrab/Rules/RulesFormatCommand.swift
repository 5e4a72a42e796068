import ArgumentParser
import ConfigLoader

struct RulesFormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Lay rules files out in one way, comments kept.",
    discussion: """
      It orders the keys, spaces and breaks the lines; what a file says stays the same. Files are changed in place; \
      without a file, or with `-`, standard input is laid out to standard output.

      It exits with 0 if all is well, with 1 if --check or --diff finds a file that would change, and with 2 if a file \
      has errors or cannot be read or written; such a file is left as it is.
      """)

  @Argument(help: "Rules files and files of tests.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Flag(help: "Print which files would change, and change none.")
  var check = false

  @Flag(help: "Print what would change, and change nothing.")
  var diff = false

  func run() throws {
    let environment = Environment.current()
    var status: Int32 = 0
    for file in files.isEmpty ? ["-"] : files {
      do {
        let isChanged = try format(file, environment)
        if isChanged { status = max(status, 1) }
      } catch let error as RulesFormatterError {
        Output.notice("\(error)")
        status = 2
      } catch {
        Output.notice("edgecrab: \(error)")
        status = 2
      }
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// Lays one file out; tells whether a file that was only looked at would change.
  private func format(_ file: String, _ environment: Environment) throws -> Bool {
    let source = try file == "-" ? RulesFile.readStandardInput() : RulesFile.read(path: file)
    let text = try RulesFormatter.format(source, environment: environment.variables, now: RulesLocation.now)
    let isChanged = text != source.text
    if check || diff {
      if diff, isChanged { Output.result(LineDiff.unified(source.text, text, file: source.file)) }
      if check, isChanged { Output.result("\(source.file) would change") }
      return isChanged
    }
    if file == "-" {
      Output.result(text)
    } else if isChanged {
      try RulesFile.replace(path: file, with: text)
    }
    return false
  }
}
