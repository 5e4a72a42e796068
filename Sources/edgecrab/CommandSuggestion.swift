import ArgumentParser
import ConfigLoader
import Core

/// A command that edgecrab does not have, where one that it has is likely to be meant.
enum CommandSuggestion {
  /// Returns what to tell of the command that the words name, or `nil` if there is one, or none that is near to it.
  static func message(for arguments: [String]) -> String? {
    var known = EdgecrabCommand.configuration.subcommands
    var path = "edgecrab"
    for word in arguments {
      if known.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
      let names = known.map { $0.configuration.commandName ?? "" }
      guard let index = names.firstIndex(of: word) else {
        return Spelling.nearest(to: word, among: names).map { nearest in
          "Error: there is no command \(quoted(path + " " + word)); did you mean `\(path) \(nearest)`?\n"
            + "  See '\(path) --help' for more information.\n"
        }
      }
      known = known[index].configuration.subcommands
      path += " " + word
    }
    return nil
  }
}
