package import ConfigLoader
import Core
import ServerLookup
import Sessions
import Transport

/// The settings and rules that a gateway would start with.
package struct DiagnosticInput: Sendable {
  let problems: [SettingsProblem]
  let address: WebAddress?
  let token: Secret?
  let certificate: ClientCertificate?
  /// The origins of MATTERMOST_URL and MATTERMOST_TOKEN: a file, or the environment.
  let origins: [String]
  let home: String
  /// The gateway's environment; programs inherit the variables in it that are no secrets.
  let variables: [String: String]
  let rules: Result<LoadedRules, RulesFileError>
  /// Checks of the variables that only a start uses.
  let ofStart: [DoctorCheck]

  /// Where the store is, or why EDGECRAB_STORE does not say.
  let store: Result<StoreLocation, StoreLocationError>

  /// - Parameters:
  ///   - rules: The rules, loaded with the positions of their names.
  ///   - ofStart: Checks of the variables that only a start uses.
  package init(
    _ environment: Environment, rules: Result<LoadedRules, RulesFileError>, ofStart: [DoctorCheck] = []
  ) {
    home = environment.home
    variables = environment.variables
    origins = [environment.origin(of: "MATTERMOST_URL"), Settings.tokenOrigin(in: environment)]
    self.rules = rules
    self.ofStart = ofStart
    let value = environment.variables[StoreLocation.variable]
    store = Result { [home] () throws(StoreLocationError) in
      try StoreLocation(value, orFile: StoreLocation.file(in: home))
    }
    do throws(SettingsError) {
      let settings = try Settings(environment)
      (address, token, problems) = (settings.url, settings.token, [])
      certificate = settings.clientCertificate
    } catch {
      // A valid address can be checked all the same. A token that may be the wrong one is not sent anywhere.
      address = environment.variables["MATTERMOST_URL"].flatMap { try? WebAddress($0) }
      (token, certificate, problems) = (nil, nil, error.problems)
    }
  }
}
