import BuiltInRules
import RuleEngine

/// Loads rules files into a `RuleSet` with diagnostics.
package enum RulesFile {
  /// Loads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - environment: the variables that `${NAME}` takes its values from; `TZ` and `TZDIR` are those of the C library.
  ///   - now: milliseconds since 1970 (UTC): the time of tests that state none.
  ///   - zone: the IANA name of the zone of a `time` that states none; `nil` is the machine's.
  /// - Throws: `RulesFileError` if the file cannot be read. Mistakes in it are diagnostics.
  package static func load(
    path: String, environment: [String: String], now: Int64, zone: String? = nil
  ) throws(RulesFileError) -> LoadedRules {
    load(try read(path: path), environment: environment, now: now, zone: zone)
  }

  /// Reads the text of a file, or of a pipe such as a shell's `<(…)`.
  /// - Throws: `RulesFileError` if the file cannot be read. A file that is too large or not UTF-8 has diagnostics
  ///   when it is loaded.
  package static func read(path: String) throws(RulesFileError) -> SourceText {
    do throws(FileProblem) {
      // One byte more than the limit is enough to detect a file that is too large.
      return SourceText(
        file: path, bytes: try FileBytes.read(path, max: Limits.fileBytesMax + 1, mayBePipe: true).bytes)
    } catch {
      throw RulesFileError(path: path, problem: error)
    }
  }

  /// Reads the text of standard input.
  package static func readStandardInput() throws(RulesFileError) -> SourceText {
    let name = "standard input"
    do throws(FileProblem) {
      return SourceText(file: name, bytes: try FileBytes.standardInput(max: Limits.fileBytesMax + 1))
    } catch {
      throw RulesFileError(path: name, problem: error)
    }
  }

  /// Replaces the text of a file atomically. It keeps its mode.
  package static func replace(path: String, with text: String) throws(RulesFileError) {
    do throws(FileProblem) {
      try FileReplacement.write(Array(text.utf8), to: path)
    } catch {
      throw RulesFileError(path: path, problem: error, isWriting: true)
    }
  }

  /// Loads a text; `file` is its name in diagnostics. The other parameters are those of `load(path:)`.
  package static func load(
    text: String, file: String, environment: [String: String], now: Int64, zone: String? = nil
  ) -> LoadedRules {
    load(SourceText(file: file, text: text), environment: environment, now: now, zone: zone)
  }

  /// Loads the bytes of a file; the other parameters are those of `load(text:)`.
  package static func load(
    bytes: [UInt8], file: String, environment: [String: String], now: Int64, zone: String? = nil
  ) -> LoadedRules {
    load(SourceText(file: file, bytes: bytes), environment: environment, now: now, zone: zone)
  }

  /// Loads the built-in rules.
  package static func builtIn(environment: [String: String], now: Int64, zone: String? = nil) -> LoadedRules {
    load(builtInSource, environment: environment, now: now, zone: zone)
  }

  /// The source of the built-in rules, with their name in diagnostics.
  package static var builtInSource: SourceText { SourceText(file: "the built-in rules", bytes: BuiltInRules.yaml) }

  /// The text of the built-in rules: `rules/default.yaml`.
  package static var builtInText: String { String(decoding: BuiltInRules.yaml, as: UTF8.self) }

  /// Loads a text that was read before. The other parameters are those of `load(path:)`.
  ///
  /// - Parameters:
  ///   - notesNames: whether to record the positions of names, for a check with a server.
  ///   - bot: the bot's name; overrides that of the file.
  package static func load(
    _ source: SourceText, environment: [String: String], now: Int64, zone: String? = nil, notesNames: Bool = false,
    bot: String? = nil
  ) -> LoadedRules {
    let tree = ConfigTree(source)
    var reader = RulesReader(source: source, environment: environment, now: now, zone: zone, bot: bot)
    if notesNames { reader.namePositions = NamePositions() }
    reader.diagnostics.add(tree.diagnostics)
    let rules = tree.root.flatMap { reader.file($0) }
    return LoadedRules(
      rules: reader.diagnostics.errors > 0 ? nil : rules, diagnostics: reader.diagnostics.sorted,
      leftOut: reader.diagnostics.leftOut, variables: reader.variables, openAccess: reader.openAccess,
      source: reader.source, addedCommands: reader.addedCommands,
      rulePositions: reader.rulePositions, namePositions: reader.namePositions)
  }
}

/// The reason why a rules file cannot be read or written, unlike a file with diagnostics.
package struct RulesFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file's path as the user gave it.
  package let path: String
  let problem: FileProblem
  /// Indicates whether it could not be written, rather than read.
  var isWriting = false

  /// Indicates whether there is nothing at the path.
  package var isMissing: Bool { problem == .missing || problem == .isBrokenLink }

  package var description: String { remedy.map { "\(summary); \($0)" } ?? summary }

  /// The problem, without a full stop.
  package var summary: String {
    let path = quoted(path)
    return switch problem {
    case .missing: "there is no rules file \(path)"
    case .isBrokenLink: "the rules file \(path) is a broken link"
    case .isDirectory: "the rules file \(path) is a directory"
    case .noPermission where isWriting: "the rules file \(path) is not writable"
    case .noPermission: "the rules file \(path) is not readable"
    case .notAFile: "the rules file \(path) is a socket or a device"
    case .other(let reason) where isWriting: "the rules file \(path) cannot be written: \(reason)"
    case .other(let reason): "the rules file \(path) cannot be read: \(reason)"
    }
  }

  /// The remedy as a clause, or `nil` if it depends on the system's reason.
  package var remedy: String? {
    switch problem {
    case .missing: "check the path"
    case .isBrokenLink: "repair or remove it"
    case .isDirectory: "name a file in it"
    case .noPermission where isWriting: "make it and its folder writable with `chmod u+w`"
    case .noPermission: "make it readable with `chmod u+r`"
    case .notAFile: "name a regular file"
    case .other: nil
    }
  }
}
