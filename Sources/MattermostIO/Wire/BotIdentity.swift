/// The account that the gateway runs as.
package struct BotIdentity: Sendable, Equatable {
  /// The account's user id.
  package var id: String
  /// The account's name without the `@`.
  package var name: String

  /// Names an account.
  package init(id: String, name: String) {
    self.id = id
    self.name = name
  }
}
