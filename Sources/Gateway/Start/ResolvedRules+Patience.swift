import Logging
import MattermostIO
import RuleEngine

extension ResolvedRules {
  /// Looks the rules' names up; where the token is not accepted, again and again if that is what is wanted.
  static func look(
    up ruleSet: RuleSet, _ client: MattermostClient, _ keeper: NameResolver, _ onUnauthorized: UnauthorizedPolicy,
    _ logger: Logger
  ) async throws(GatewayError) -> ResolvedRules {
    var refusals = 0
    while true {
      do throws(GatewayError) {
        return try await ResolvedRules(ruleSet, client, keeper)
      } catch {
        guard error.isUnauthorized, onUnauthorized == .retry else { throw error }
        refusals += 1
        let pause = Limits.refusedPause(after: refusals)
        logger.error(
          "not started yet; trying again", metadata: ["reason": "\(error)", "after": .stringConvertible(pause)])
        do { try await Task.sleep(for: pause) } catch _ { throw error }
      }
    }
  }
}
