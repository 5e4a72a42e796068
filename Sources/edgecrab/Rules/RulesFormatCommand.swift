import ArgumentParser
import ConfigLoader
import Core
import RulesTools

struct RulesFormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Format rules files.",
    discussion: """
      Orders keys, and adjusts spaces and line breaks; the meaning and the comments stay the same. Files are changed in \
      place; without a file, or with `-`, standard input is formatted to standard output.

      Exit codes: 0, 1 if --check or --diff finds a file that would change, 2 if a file has errors or cannot be read or \
      written, and is left unchanged, 64 if the arguments are invalid.
      """)

  @Argument(help: "Rules files and test files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Flag(help: "List the files that would change, and change none.")
  var check = false

  @Flag(help: "Print the changes, and change no file.")
  var diff = false

  func run() throws {
    let environment = Environment.current()
    var status: Int32 = 0
    for file in files.isEmpty ? ["-"] : files {
      do {
        let wouldChange = try format(file, environment)
        if wouldChange { status = max(status, 1) }
      } catch let error as RulesFormatterError {
        Output.notice("\(error)")
        status = 2
      } catch {
        Output.message("\(error)")
        status = 2
      }
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// Formats one file, and returns whether `--check` or `--diff` found that it would change.
  private func format(_ file: String, _ environment: Environment) throws -> Bool {
    let source = try file == "-" ? RulesFile.readStandardInput() : RulesFile.read(path: file)
    let text = try RulesFormatter.format(
      source, environment: environment.variables, now: Timestamp.now.milliseconds)
    let isChanged = text != source.text
    if check || diff {
      if diff, isChanged {
        let diff = UnifiedDiff(path: source.file, old: source.text, new: text)
        Output.result((diff.header + diff.hunks).joined(separator: "\n"))
      }
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
