public import RuleEngine
public import Vocabulary

/// What a gateway is started with.
public struct GatewaySettings: Sendable {
  /// The server's address.
  public var address: WebAddress
  /// The bot's token.
  public var token: Secret
  /// The rules.
  public var rules: RuleSet
  /// What to call the rules: the file's path.
  public var rulesName: String
  /// The store's file.
  public var storePath: String
  /// The journal's file; nil keeps none.
  public var journalPath: String?

  /// Puts settings together.
  public init(
    address: WebAddress, token: Secret, rules: RuleSet, rulesName: String, storePath: String, journalPath: String? = nil
  ) {
    self.address = address
    self.token = token
    self.rules = rules
    self.rulesName = rulesName
    self.storePath = storePath
    self.journalPath = journalPath
  }
}
