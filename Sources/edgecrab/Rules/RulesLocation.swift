import ConfigLoader
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where rules come from: a file, or what edgecrab brings along.
enum RulesLocation {
  case file(String)
  case standardInput
  case builtIn

  /// What a path on the command line means: `-` is standard input.
  static func named(_ path: String) -> RulesLocation { path == "-" ? .standardInput : .file(path) }

  /// `rules.yaml` in edgecrab's folder if there is one, else the built-in rules.
  ///
  /// One that cannot be reached, as behind a link that leads nowhere or in a folder that may not be entered, is there all
  /// the same: the built-in rules would let in whomever it keeps out.
  static func standard(_ environment: Environment) -> RulesLocation {
    let path = standardPath(environment)
    var facts = stat()
    return lstat(path, &facts) != 0 && errno == ENOENT ? .builtIn : .file(path)
  }

  /// Where the rules file is that nobody has to name.
  static func standardPath(_ environment: Environment) -> String { environment.home + "/rules.yaml" }

  var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "standard input"
    case .builtIn: "the built-in rules"
    }
  }

  /// Milliseconds since 1970 (UTC): the time of tests that name none.
  static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

  func read() throws(RulesFileError) -> SourceText {
    switch self {
    case .file(let path): try RulesFile.read(path: path)
    case .standardInput: try RulesFile.readStandardInput()
    case .builtIn: RulesFile.builtInSource
    }
  }

  func load(_ environment: Environment, notesNames: Bool = false) throws(RulesFileError) -> LoadedRules {
    RulesFile.load(try read(), environment: environment.variables, now: Self.now, notesNames: notesNames)
  }
}
