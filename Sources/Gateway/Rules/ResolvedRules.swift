import Logging
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

  /// Resolves rules. If the server rejects the token, tries again and again when the policy says so.
  static func resolve(
    _ ruleSet: RuleSet, _ client: MattermostClient, _ resolver: NameResolver, _ policy: UnauthorizedPolicy,
    _ logger: Logger
  ) async throws(RulesResolutionError) -> ResolvedRules {
    var rejections = 0
    while true {
      do throws(RulesResolutionError) {
        return try await ResolvedRules(ruleSet, client, resolver)
      } catch {
        guard case .lookup(let failure) = error, failure.isUnauthorized, policy == .retry else { throw error }
        rejections += 1
        let pause = Limits.unauthorizedPause(after: rejections)
        logger.error(
          "not started yet; trying again", metadata: ["reason": "\(error)", "after": .stringConvertible(pause)])
        do { try await Task.sleep(for: pause) } catch _ { throw error }
      }
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
