import Core

extension WebAddress {
  /// The URL of a path of Mattermost's API, version 4, on the server at this address.
  func api(_ path: String) -> String { text + "/api/v4" + path }
}
