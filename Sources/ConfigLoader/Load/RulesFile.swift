import BuiltInRules
import RuleEngine

/// The way in: a rules file's text becomes a `RuleSet`, or the findings that say why not.
package enum RulesFile {
  /// Loads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - environment: the variables that `${NAME}` takes its values from; `TZ` and `TZDIR` are those of the C library.
  ///   - now: milliseconds since 1970 (UTC): the time of tests that name none.
  ///   - zone: the IANA name of the zone of a `time` that names none; nil is the machine's.
  /// - Throws: where there is no file to read. What is wrong inside of it is found, not thrown.
  package static func load(
    path: String, environment: [String: String], now: Int64, zone: String? = nil
  ) throws(RulesFileError) -> LoadedRules {
    load(try read(path: path), environment: environment, now: now, zone: zone)
  }

  /// Reads the text of a file, or of a pipe as a shell's `<(…)` makes it.
  /// - Throws: where there is no file to read. Too much of it, and what is no text, is found by whoever loads it.
  package static func read(path: String) throws(RulesFileError) -> SourceText {
    do throws(FileProblem) {
      // A byte more than is taken, so that a file that is too large shows itself without being read.
      return SourceText(
        file: path, bytes: try FileBytes.read(path, max: Limits.fileBytesMax + 1, mayBePipe: true).bytes)
    } catch {
      throw RulesFileError(path: path, problem: error)
    }
  }

  /// Reads the text that stands on standard input.
  package static func readStandardInput() throws(RulesFileError) -> SourceText {
    let name = "standard input"
    do throws(FileProblem) {
      return SourceText(file: name, bytes: try FileBytes.standardInput(max: Limits.fileBytesMax + 1))
    } catch {
      throw RulesFileError(path: name, problem: error)
    }
  }

  /// Puts a new text into a file, whole or not at all. It keeps its mode.
  package static func replace(path: String, with text: String) throws(RulesFileError) {
    do throws(FileProblem) {
      try FileReplacement.write(Array(text.utf8), to: path)
    } catch {
      throw RulesFileError(path: path, problem: error, isWriting: true)
    }
  }

  /// Loads a text; `file` is what its findings call it. The other parameters are those of `load(path:)`.
  package static func load(
    text: String, file: String, environment: [String: String], now: Int64, zone: String? = nil
  ) -> LoadedRules {
    load(SourceText(file: file, text: text), environment: environment, now: now, zone: zone)
  }

  /// Loads a file's bytes, whatever they are; the other parameters are those of `load(text:)`.
  package static func load(
    bytes: [UInt8], file: String, environment: [String: String], now: Int64, zone: String? = nil
  ) -> LoadedRules {
    load(SourceText(file: file, bytes: bytes), environment: environment, now: now, zone: zone)
  }

  /// Loads the rules that edgecrab brings along.
  package static func builtIn(environment: [String: String], now: Int64, zone: String? = nil) -> LoadedRules {
    load(builtInSource, environment: environment, now: now, zone: zone)
  }

  /// The rules that edgecrab brings along, as findings show them.
  package static var builtInSource: SourceText { SourceText(file: "the built-in rules", bytes: BuiltInRules.yaml) }

  /// The text of the rules that edgecrab brings along: `rules/default.yaml`.
  package static var builtInText: String { String(decoding: BuiltInRules.yaml, as: UTF8.self) }

  /// Loads a text that was read before. The other parameters are those of `load(path:)`.
  ///
  /// - Parameters:
  ///   - notesNames: whether a server will be asked for the names, whose places are to be known then.
  ///   - bot: the bot's name, in place of the one that the file says.
  package static func load(
    _ source: SourceText, environment: [String: String], now: Int64, zone: String? = nil, notesNames: Bool = false,
    bot: String? = nil
  ) -> LoadedRules {
    let tree = ConfigTree(source)
    var reader = RulesReader(source: source, environment: environment, now: now, zone: zone, bot: bot)
    if notesNames { reader.namePositions = NamePositions() }
    reader.findings.add(tree.diagnostics)
    let rules = tree.root.flatMap { reader.file($0) }
    return LoadedRules(
      rules: reader.findings.errors > 0 ? nil : rules, diagnostics: reader.findings.sorted,
      leftOut: reader.findings.leftOut, variables: reader.variables, openAccess: reader.openAccess,
      source: reader.source, addedCommands: reader.addedCommands,
      rulePositions: reader.rulePositions, namePositions: reader.namePositions)
  }
}
