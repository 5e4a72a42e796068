public import ConfigLoader
public import Logging
import MattermostIO
import RuleEngine
public import Transport
public import Vocabulary

/// Asks a server for the names in rules files.
public struct OnlineCheck: Sendable {
  private let lookup: NameLookup

  /// Learns who the bot is and where, and so whether the server can be asked at all.
  public init(
    at address: WebAddress, token: Secret, certificate: ClientCertificate?, logger: Logger
  ) async throws(GatewayError) {
    let client = MattermostClient(
      address: address, token: token, http: HTTPClient(logger: logger, certificate: certificate), logger: logger)
    do throws(MattermostError) {
      lookup = NameLookup(client: client, around: try await Surroundings.ask(client))
    } catch {
      throw .mattermost(error)
    }
  }

  /// The rules with an error for each name that the server does not know. They must know their names' places; rules
  /// with errors of their own stay as they are.
  public func check(_ loaded: LoadedRules) async throws(GatewayError) -> LoadedRules {
    guard let rules = loaded.rules else { return loaded }
    do throws(MattermostError) {
      return loaded.asked(unknown: try await lookup.unknown(among: ReferencedNames(in: rules)))
    } catch {
      throw .mattermost(error)
    }
  }
}
