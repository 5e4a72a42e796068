/// What is known of the gateway's last start without asking the server.
package enum LastStart {
  /// Returns the name of the bot's account, or `nil` if the gateway was never started there.
  ///
  /// - Parameter storePath: the gateway's store, beside which it keeps what the rules' names stand for.
  package static func botName(besideStore storePath: String) -> String? {
    PinnedNamesFile(besideStore: storePath).botName()
  }
}
