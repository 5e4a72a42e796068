import Foundation

/// A command of edgecrab as its argument parser describes it: the output of `edgecrab --experimental-dump-help`.
final class CommandTree: Decodable, Sendable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let arguments: [Argument]?
  let subcommands: [CommandTree]?

  struct Argument: Decodable, Sendable {
    struct Name: Decodable, Sendable {
      let kind: String
      let name: String

      var written: String { (kind == "long" ? "--" : "-") + name }
    }

    let kind: String
    let names: [Name]?
    let abstract: String?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool

    var isOption: Bool { kind != "positional" }
    var takesValue: Bool { kind == "option" }
    /// The name that the reference shows: the long one, if there is one.
    var written: String { names?.first { $0.kind == "long" }?.written ?? names?.first?.written ?? "" }
  }

  private struct Dump: Decodable { let command: CommandTree }

  /// Asks the program for its commands.
  static func ofProgram() async throws -> CommandTree {
    let dump = try await EdgecrabProcess(["--experimental-dump-help"]).ended().output
    return try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
  }

  /// Options that no help lists: edgecrab's own, and the argument parser's.
  private static let unlistedOptions: Set<String> = ["--supervise", "--generate-completion-script"]

  /// Its arguments that people use.
  var shown: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

  subscript(name: String) -> CommandTree? { subcommands?.first { $0.commandName == name } }

  /// All commands that do something, with their paths: `edgecrab rules check`.
  func leaves(below path: String = "") -> [(path: String, command: CommandTree)] {
    let path = path.isEmpty ? commandName : "\(path) \(commandName)"
    guard let subcommands, !subcommands.isEmpty else { return commandName == "help" ? [] : [(path, self)] }
    return subcommands.flatMap { $0.leaves(below: path) }
  }

  /// The names of its options.
  var options: Set<String> { Set(shown.flatMap { $0.names ?? [] }.map(\.written)) }

  /// The names of the options of this command and of those below it.
  var allOptions: Set<String> { options.union((subcommands ?? []).flatMap(\.allOptions)) }

  /// Returns what is wrong with the arguments of a command line, or `nil`. Words in capital letters are placeholders,
  /// and a command may be incomplete, as in prose.
  func problem(in words: ArraySlice<String>, after path: String = "edgecrab") -> String? {
    var words = words
    if let first = words.first, !first.hasPrefix("-"), let subcommands, !subcommands.isEmpty {
      if first == "help" { return nil }
      guard let command = self[first] else { return "`\(path)` has no command `\(first)`" }
      return command.problem(in: words.dropFirst(), after: "\(path) \(first)")
    }
    var positionals = shown.filter { !$0.isOption }[...]
    while let word = words.popFirst() {
      if word.hasPrefix("-"), word != "-" {
        let (name, value) = Self.split(word)
        if Self.unlistedOptions.contains(name) { return nil }
        guard let option = shown.first(where: { $0.names?.contains { $0.written == name } ?? false }) else {
          return "`\(path)` has no option `\(name)`"
        }
        guard option.takesValue, let value = value ?? words.popFirst() else { continue }
        if let allowed = option.allValues, !allowed.contains(value), !Self.isPlaceholder(value) {
          return "`\(path) \(name)` does not take `\(value)`"
        }
      } else if let argument = positionals.first {
        if !argument.isRepeating { positionals.removeFirst() }
      } else {
        return "`\(path)` does not take `\(word)`"
      }
    }
    return nil
  }

  private static func split(_ word: String) -> (name: String, value: String?) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    return (parts[0], parts.count > 1 ? parts[1] : nil)
  }

  private static func isPlaceholder(_ word: String) -> Bool {
    word == word.uppercased() || word.contains("…") || word.contains("$")
  }
}
