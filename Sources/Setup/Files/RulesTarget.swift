import BuiltInRules
import ConfigLoader
import Glibc
import RuleEngine
import ServerLookup

/// The rules file that is written or changed.
struct RulesTarget: Sendable {
  let path: String
  /// The file's text, or that of a new file.
  let source: SourceText
  /// Indicates whether the file exists.
  let isPresent: Bool
  /// The rules of the file; `nil` if it does not exist or has errors.
  let rules: RuleSet?
  /// The people with access by the file, as text; `nil` if it does not exist or has errors.
  let access: String?

  /// Reads the file, if it exists.
  init(_ path: String, _ environment: Environment, now: Int64) throws(RulesFileError) {
    self.path = path
    var status = stat()
    isPresent = lstat(path, &status) == 0 || errno != ENOENT
    guard isPresent else {
      source = SourceText(file: path, bytes: BuiltInRules.setupYAML)
      (rules, access) = (nil, nil)
      return
    }
    source = try RulesFile.read(path: path)
    let loaded = RulesFile.load(source, environment: environment.variables, now: now)
    rules = loaded.rules
    access = loaded.rules.map { $0.access.summary(loaded.openAccess) }
  }

  /// The agent that a change replaces, or `nil` if the file does not exist, has errors or several agents.
  var definition: AgentDefinition? { rules.flatMap { try? RulesEdit.agent(in: $0) } }

  /// The agents of the file in a few words, or `nil` if it does not exist or has errors.
  var agent: String? {
    guard let rules else { return nil }
    guard let definition else { return "\(rules.agents.count) agents of \(path)" }
    return switch definition.kind {
    case .chat(_, let settings): "\(definition.name), \(settings.model) at \(settings.baseURL.prefix { $0 != "?" })"
    case .acp(let settings): "\(definition.name), \(settings.command.joined(separator: " "))"
    case .exec, .echo: "\(definition.name), \(definition.kind.type)"
    }
  }
}
