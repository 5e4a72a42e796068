import Logging
import MattermostIO
import RuleEngine

extension ReadyRules {
  /// Looks the rules' names up; where the token is not accepted, again and again if that is what is wanted.
  static func look(
    up ruleSet: RuleSet, _ client: MattermostClient, _ keeper: NameKeeper, _ onUnauthorized: OnUnauthorized,
    _ logger: Logger
  ) async throws(GatewayError) -> ReadyRules {
    var refusals = 0
    while true {
      do throws(GatewayError) {
        return try await ReadyRules(ruleSet, client, keeper)
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
