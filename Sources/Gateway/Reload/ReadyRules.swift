import MattermostIO
import RuleEngine

/// Rules whose names the server was asked for: ready to decide.
struct ReadyRules: Sendable {
  let compiled: CompiledRules
  let around: Surroundings
  /// What the names stand for.
  let directory: Directory
  /// What the rules name and the server does not know.
  let warnings: [String]

  init(_ ruleSet: RuleSet, _ client: MattermostClient) async throws(GatewayError) {
    let names = ReferencedNames(in: ruleSet)
    do throws(MattermostError) {
      around = try await Surroundings.ask(client)
      directory = try await around.directory(for: names, client)
    } catch {
      throw .mattermost(error)
    }
    do throws(RuleSetError) {
      compiled = try CompiledRules(ruleSet, directory: directory)
    } catch {
      throw .rules(error)
    }
    warnings = StartReport.warnings(names, directory)
  }
}
