/// The account that the gateway runs as.
public struct BotIdentity: Sendable, Equatable {
  /// The account's user id.
  public var id: String
  /// The account's name without the `@`.
  public var name: String

  /// Names an account.
  public init(id: String, name: String) {
    self.id = id
    self.name = name
  }
}
