import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import RuleEngine
import Sessions

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The source of the rules.
enum RulesLocation {
  case file(String)
  case standardInput
  case builtIn

  /// Returns the location that a path on the command line means; `-` is standard input.
  static func named(_ path: String) -> RulesLocation { path == "-" ? .standardInput : .file(path) }

  /// Returns `rules.yaml` in edgecrab's folder if it exists, else the built-in rules.
  ///
  /// A file that exists but cannot be reached, because of a dangling link or missing permissions, is returned as well:
  /// the built-in rules would admit users that it excludes.
  static func standard(_ environment: Environment) -> RulesLocation {
    let path = standardPath(environment)
    var info = stat()
    return lstat(path, &info) != 0 && errno == ENOENT ? .builtIn : .file(path)
  }

  static func standardPath(_ environment: Environment) -> String { environment.home + "/rules.yaml" }

  var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "standard input"
    case .builtIn: "the built-in rules"
    }
  }

  func read() throws(RulesFileError) -> SourceText {
    switch self {
    case .file(let path): try RulesFile.read(path: path)
    case .standardInput: try RulesFile.readStandardInput()
    case .builtIn: RulesFile.builtInSource
    }
  }

  func load(_ environment: Environment, notesNames: Bool = false) throws(RulesFileError) -> LoadedRules {
    RulesFile.load(
      try read(), environment: environment.variables, now: Timestamp.now.milliseconds, notesNames: notesNames)
  }

  /// Loads the rules, or prints the errors and exits with 2.
  func loadOrExit(_ environment: Environment) throws -> RuleSet {
    do throws(RulesFileError) {
      let loaded = try load(environment)
      if let rules = loaded.rules { return rules }
      Output.notice(loaded.report)
    } catch {
      Output.message("\(error)")
    }
    throw ExitCode(2)
  }
}

extension Environment {
  /// Returns the variables of this process and of edgecrab's `.env`.
  static func current() -> Environment { Environment(process: ProcessInfo.processInfo.environment) }

  /// The place of the gateway's store: a file in edgecrab's folder, or what EDGECRAB_STORE names.
  var store: StoreLocation {
    get throws(StoreLocationError) {
      try StoreLocation(variables[StoreLocation.variable], orFile: storeFile)
    }
  }

  /// The path of a store in a file.
  var storeFile: String { StoreLocation.file(in: home) }

  /// The path of the gateway's journal.
  var journalPath: String { Self.journalPath(in: home) }

  static func journalPath(in home: String) -> String { home + "/journal.sqlite" }
}
