import MattermostIO
import RuleEngine
import ServerLookup

/// Rules that are compiled with the ids of the names in them.
struct ResolvedRules: Sendable {
  let compiled: CompiledRules
  let context: BotContext
  /// The names and their ids; to be pinned as soon as the rules are in force.
  let names: ResolvedNames
  let referenced: ReferencedNames

  init(
    _ ruleSet: RuleSet, _ client: MattermostClient, _ resolver: NameResolver
  ) async throws(RulesResolutionError) {
    do throws(MattermostError) {
      context = try await BotContext.fetch(client)
    } catch {
      throw .lookup(.server(error))
    }
    referenced = ReferencedNames(in: ruleSet)
    do throws(ServerLookupError) {
      names = try await resolver.resolve(referenced, context, client)
    } catch {
      throw .lookup(error)
    }
    do throws(RuleSetError) {
      compiled = try CompiledRules(ruleSet, directory: names.ids.directory)
    } catch {
      throw .expression(error)
    }
  }
}

/// Rules that cannot be used although their file is valid.
enum RulesResolutionError: Error, CustomStringConvertible {
  /// The names in the rules could not be resolved.
  case lookup(ServerLookupError)
  /// A regular expression cannot be compiled.
  case expression(RuleSetError)

  var description: String {
    switch self {
    case .lookup(let error): "\(error)"
    case .expression(let error): "\(error)"
    }
  }
}
