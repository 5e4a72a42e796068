import MattermostIO
import RuleEngine

/// Rules whose names the server was asked for: ready to decide.
struct ResolvedRules: Sendable {
  let compiled: CompiledRules
  let around: BotContext
  /// What the names in them stand for; to be kept once the rules are in force.
  let names: ResolvedNames
  /// Those names.
  let referenced: ReferencedNames

  init(_ ruleSet: RuleSet, _ client: MattermostClient, _ keeper: NameResolver) async throws(GatewayError) {
    do throws(MattermostError) {
      around = try await BotContext.ask(client)
    } catch {
      throw .mattermost(error)
    }
    referenced = ReferencedNames(in: ruleSet)
    names = try await keeper.resolve(referenced, around, client)
    do throws(RuleSetError) {
      compiled = try CompiledRules(ruleSet, directory: names.ids.directory)
    } catch {
      throw .rules(error)
    }
  }
}
