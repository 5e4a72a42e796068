package import Core
package import Hooks
package import Transport

/// What a gateway is started with.
package struct GatewaySettings: Sendable {
  /// The server's address.
  package var address: WebAddress
  /// The bot's token.
  package var token: Secret
  /// The certificate for a server that asks who we are.
  package var certificate: ClientCertificate?
  /// The rules.
  package var rules: ValidatedRules
  /// Why newer rules than these are not used.
  package var refusal: RulesRejection?
  /// Where newer rules come from; nil keeps to those of the start.
  package var supply: RulesSource?
  /// Where the gateway tells how it is; nil tells nobody.
  package var health: HealthAddress?
  /// What is done when the server does not accept the token.
  package var onUnauthorized: UnauthorizedPolicy
  /// How often the server is asked whether it is there; nil is as often as the event socket thinks right.
  package var pingInterval: Duration?
  /// The store's file.
  package var storePath: String
  /// Whether names in the rules stand for whoever bears them now, whatever they stood for before.
  package var acceptsRenames: Bool
  /// The journal's file; nil keeps none.
  package var journalPath: String?
  /// The hooks, in the order in which they are run.
  package var hooks: [Hook]
  /// How often what happens by itself happens.
  package var rhythm = Intervals()

  /// Puts settings together.
  package init(
    address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, rules: ValidatedRules,
    refusal: RulesRejection? = nil, supply: RulesSource? = nil, health: HealthAddress? = nil,
    onUnauthorized: UnauthorizedPolicy = .exit, pingInterval: Duration? = nil, storePath: String,
    journalPath: String? = nil, acceptsRenames: Bool = false, hooks: [Hook] = []
  ) {
    self.address = address
    self.token = token
    self.certificate = certificate
    self.rules = rules
    self.refusal = refusal
    self.supply = supply
    self.health = health
    self.onUnauthorized = onUnauthorized
    self.pingInterval = pingInterval
    self.storePath = storePath
    self.journalPath = journalPath
    self.acceptsRenames = acceptsRenames
    self.hooks = hooks
  }

  /// The folder of the conversations' folders, beside the store.
  var sessionFolders: String {
    storePath[..<(storePath.lastIndex(of: "/") ?? storePath.startIndex)] + "/sessions"
  }
}
