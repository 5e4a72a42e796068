/// A notification that a connection has sent with `NOTIFY`.
package struct PostgresNotification: Sendable, Equatable {
  package let channel: String
  package let payload: String
  /// The process of the server that serves the sender: its `PostgresConnection.backendID`.
  package let sender: Int32
}
