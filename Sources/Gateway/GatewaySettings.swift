package import Core
import FoundationEssentials
package import Hooks
package import Sessions
package import Transport

/// The settings of a gateway.
package struct GatewaySettings: Sendable {
  package var address: WebAddress
  package var token: Secret
  /// The client certificate, for a server that asks for one.
  package var certificate: ClientCertificate?
  package var rules: ValidatedRules
  /// The reason why the newest rules are not used, if `rules` are older ones.
  package var rejection: RulesRejection?
  /// The source of newer rules; `nil` keeps the rules of the start.
  package var source: RulesSource?
  /// The address for `/live`, `/ready`, `/health` and `/metrics`; `nil` serves none.
  package var listen: ListenAddress?
  package var onUnauthorized: UnauthorizedPolicy
  /// The interval of pings on the event socket; `nil` uses its default.
  package var pingInterval: Duration?
  /// edgecrab's folder.
  package var home: String
  package var store: StoreLocation
  /// What other gateways of a store in a database show of this one.
  package var member = MemberDescription.thisProcess(program: UserAgent.version)
  /// True if to resolve the names in the rules to their current owners instead of the pinned ones.
  package var acceptsRenames: Bool
  /// The journal's file; `nil` records nothing.
  package var journalPath: String?
  /// The hooks, in the order in which they run.
  package var hooks: [Hook]
  package var intervals = Intervals()
  /// Returns the store that is used in place of one in a file: a test puts other gateways into it.
  var storeWrapper: @Sendable (any SessionStore) -> any SessionStore = { $0 }
  /// The state that a service manager shows.
  package var status = ServiceStatus(nil)
  /// Shows on the terminal why the start waits; `nil` writes it to the log.
  package var showWaiting: (@Sendable (String) -> Void)?

  package init(
    address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, rules: ValidatedRules,
    rejection: RulesRejection? = nil, source: RulesSource? = nil, listen: ListenAddress? = nil,
    onUnauthorized: UnauthorizedPolicy = .exit, pingInterval: Duration? = nil, home: String,
    store: StoreLocation? = nil, journalPath: String? = nil, acceptsRenames: Bool = false, hooks: [Hook] = []
  ) {
    self.address = address
    self.token = token
    self.certificate = certificate
    self.rules = rules
    self.rejection = rejection
    self.source = source
    self.listen = listen
    self.onUnauthorized = onUnauthorized
    self.pingInterval = pingInterval
    self.home = home
    self.store = store ?? .file(StoreLocation.file(in: home))
    self.journalPath = journalPath
    self.acceptsRenames = acceptsRenames
    self.hooks = hooks
  }

  /// The parent of the conversations' folders.
  var sessionFolders: String { home + "/sessions" }
}
