import AgentSessions
package import ConfigLoader
package import Core
package import Logging
import MattermostIO
import RuleEngine
package import Transport

/// Asks a server for the names in rules files, and looks whether their agents can be asked.
package struct OnlineCheck: Sendable {
  private let lookup: NameLookup
  private let agents: AgentProbe

  /// Learns who the bot is and where, and so whether the server can be asked at all.
  ///
  /// - Parameter environment: the gateway's own variables, of which programs get the plain ones.
  package init(
    at address: WebAddress, token: Secret, certificate: ClientCertificate?, environment: [String: String],
    logger: Logger
  ) async throws(GatewayError) {
    agents = AgentProbe(client: HTTPClient(logger: logger), environment: environment, logger: logger)
    let client = MattermostClient(
      address: address, token: token, http: HTTPClient(logger: logger, certificate: certificate), logger: logger)
    do throws(MattermostError) {
      lookup = NameLookup(client: client, around: try await BotContext.ask(client))
    } catch {
      throw .mattermost(error)
    }
  }

  /// The rules with an error for each name that the server does not know, and a finding for each agent that cannot answer or
  /// is hardly as it is meant. They must know their names' places; rules with errors of their own stay as they are.
  package func check(_ loaded: LoadedRules) async throws(GatewayError) -> LoadedRules {
    guard let rules = loaded.rules else { return loaded }
    let unknown: [UnknownName]
    do throws(MattermostError) {
      unknown = try await lookup.unknown(among: ReferencedNames(in: rules))
    } catch {
      throw .mattermost(error)
    }
    let looks = await agents.findings(of: rules.agents).compactMap { finding in
      finding.state == .bad || finding.state == .doubtful
        ? AgentDiagnosis(
          agent: finding.agent, isUsable: finding.state == .doubtful, text: finding.text, cure: finding.cure) : nil
    }
    return loaded.asked(agents: looks).asked(unknown: unknown)
  }
}
