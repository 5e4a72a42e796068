package import ConfigLoader
import Core
import Transport

/// What the doctor looks at: how a gateway would be started.
package struct DiagnosticInput: Sendable {
  let problems: [SettingsProblem]
  let address: WebAddress?
  let token: Secret?
  let certificate: ClientCertificate?
  let origins: [String]
  let home: String
  /// The gateway's variables, of which programs would get the plain ones.
  let variables: [String: String]
  let rules: Result<LoadedRules, RulesFileError>

  /// The store that the gateway would use.
  var storePath: String { home + "/edgecrab.sqlite" }

  /// The environment as it is, with whatever is wrong with it, and the rules. Those must know their names' places.
  package init(_ environment: Environment, rules: Result<LoadedRules, RulesFileError>) {
    home = environment.home
    variables = environment.variables
    origins = ["MATTERMOST_URL", "MATTERMOST_TOKEN"].map { environment.origin(of: $0) }
    self.rules = rules
    do throws(SettingsError) {
      let settings = try Settings(environment)
      (address, token, problems) = (settings.url, settings.token, [])
      certificate = settings.clientCertificate
    } catch {
      // A good address can be looked at all the same; a token that may not be meant is not sent anywhere.
      address = environment.variables["MATTERMOST_URL"].flatMap { try? WebAddress($0) }
      (token, certificate, problems) = (nil, nil, error.problems)
    }
  }
}
