import MattermostIO
import RuleEngine

/// Rules whose names the server was asked for: ready to decide.
struct ReadyRules: Sendable {
  let compiled: CompiledRules
  let around: Surroundings
  /// What the names in them stand for; to be kept once the rules are in force.
  let names: ResolvedNames

  var directory: Directory { names.ids.directory }

  init(_ ruleSet: RuleSet, _ client: MattermostClient, _ keeper: NameKeeper) async throws(GatewayError) {
    do throws(MattermostError) {
      around = try await Surroundings.ask(client)
    } catch {
      throw .mattermost(error)
    }
    names = try await keeper.resolve(ReferencedNames(in: ruleSet), around)
    do throws(RuleSetError) {
      compiled = try CompiledRules(ruleSet, directory: names.ids.directory)
    } catch {
      throw .rules(error)
    }
  }
}
