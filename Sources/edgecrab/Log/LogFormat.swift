import ArgumentParser
import ConfigLoader
import Core

/// How lines of the log are written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  /// For people: time, level, sentence, then what it is about.
  case text
  /// For programs: a JSON object a line.
  case json

  static let variable = "EDGECRAB_LOG_FORMAT"

  /// The variable names no format.
  struct Unknown: Error, CustomStringConvertible {
    let text: String

    var description: String {
      let names = LogFormat.allCases.map(\.rawValue).joined(separator: " or ")
      return "\(LogFormat.variable) is `\(text.singleLine(atMost: 60))`, which is not a log format; set it to \(names)"
    }
  }

  /// Takes the format of the command line, else that of the environment, else `text`.
  init(_ option: LogFormat?, _ environment: Environment) throws(Unknown) {
    let named = environment.variables[Self.variable] ?? ""
    if let option {
      self = option
    } else if named.isEmpty {
      self = .text
    } else if let format = LogFormat(rawValue: named) {
      self = format
    } else {
      throw Unknown(text: named)
    }
  }
}
