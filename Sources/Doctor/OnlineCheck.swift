import Agents
package import ConfigLoader
package import Core
package import Logging
import MattermostIO
import RuleEngine
package import ServerLookup
package import Transport

/// Checks rules files against a server: the names in them, and whether their agents are reachable.
package struct OnlineCheck: Sendable {
  private let finder: UnknownNameFinder
  private let agents: AgentProbe

  /// Connects to the server, and fetches the bot's account and memberships.
  ///
  /// - Parameter environment: The gateway's environment; programs inherit the variables in it that are no secrets.
  package init(
    at address: WebAddress, token: Secret, certificate: ClientCertificate?, environment: [String: String],
    logger: Logger
  ) async throws(ServerLookupError) {
    agents = AgentProbe(client: HTTPClient(logger: logger), environment: environment, logger: logger)
    let client = MattermostClient(
      address: address, token: token, http: HTTPClient(logger: logger, certificate: certificate), logger: logger)
    do throws(MattermostError) {
      finder = UnknownNameFinder(client: client, context: try await BotContext.fetch(client))
    } catch {
      throw .server(error)
    }
  }

  /// Returns the rules with a diagnostic for each unknown name, and for each agent that cannot answer or is likely
  /// misconfigured. Rules that have errors are returned as they are.
  ///
  /// - Parameter loaded: Rules, loaded with the positions of their names.
  package func check(_ loaded: LoadedRules) async throws(ServerLookupError) -> LoadedRules {
    guard let rules = loaded.rules else { return loaded }
    let unknown: [UnknownName]
    do throws(MattermostError) {
      unknown = try await finder.unknown(among: ReferencedNames(in: rules))
    } catch {
      throw .server(error)
    }
    let diagnoses = await agents.results(for: rules.agents).compactMap { diagnostic in
      diagnostic.state == .bad || diagnostic.state == .doubtful
        ? AgentDiagnosis(
          agent: diagnostic.agent, isUsable: diagnostic.state == .doubtful, summary: diagnostic.summary,
          remedy: diagnostic.remedy) : nil
    }
    return loaded.adding(diagnoses).adding(unknown)
  }
}
