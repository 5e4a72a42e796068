/// How often what happens by itself happens. Tests have less time than servers.
package struct Rhythm: Sendable {
  /// How often it is looked whether the event socket missed something: how long a deaf one may go unnoticed.
  package var audit = Duration.seconds(60)

  /// How long the socket may be behind REST before it counts as deaf.
  package var grace = Duration.seconds(10)

  /// How often it is asked whether the token is still accepted.
  package var tokenCheck = Duration.seconds(60)

  /// How often cursors are kept: what is read once more after a kill is at most two of them.
  package var cursors = Duration.seconds(5)

  /// How often it is looked whether the store's files are still there.
  package var storeCheck = Duration.seconds(2)

  /// The usual one.
  package init() {}
}
