import ArgumentParser
import ConfigLoader
import FoundationEssentials
import RuleEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where rules come from: a file, or what edgecrab brings along.
enum RulesSource {
  case file(String)
  case builtIn

  /// `rules.yaml` in edgecrab's folder if there is one, else the built-in rules.
  ///
  /// One that cannot be reached, as behind a link that leads nowhere or in a folder that may not be entered, is there all
  /// the same: the built-in rules would let in whomever it keeps out.
  static func standard(_ environment: Environment) -> RulesSource {
    let path = environment.home + "/rules.yaml"
    var facts = stat()
    return lstat(path, &facts) != 0 && errno == ENOENT ? .builtIn : .file(path)
  }

  var name: String {
    switch self {
    case .file(let path): path
    case .builtIn: "the built-in rules"
    }
  }

  /// The rules of a file, or those that would be used without one; says what is wrong with them and ends with 2.
  static func rules(in file: String?, _ environment: Environment = .current()) throws -> RuleSet {
    let source = file.map(RulesSource.file) ?? .standard(environment)
    let loaded: LoadedRules
    do throws(RulesFileError) {
      loaded = try source.load(environment)
    } catch {
      Output.notice("edgecrab: \(error)")
      throw ExitCode(2)
    }
    guard let rules = loaded.rules else {
      Output.notice(loaded.report)
      throw ExitCode(2)
    }
    return rules
  }

  func load(_ environment: Environment) throws(RulesFileError) -> LoadedRules {
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    switch self {
    case .file(let path): return try RulesFile.load(path: path, environment: environment.variables, now: now)
    case .builtIn: return RulesFile.builtIn(environment: environment.variables, now: now)
    }
  }
}
