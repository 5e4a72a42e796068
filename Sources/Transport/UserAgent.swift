/// How edgecrab names itself to servers (RFC 9110, section 10.1.5).
package enum UserAgent {
  /// The version of edgecrab.
  package static let version = "0.1.0"

  static let text = "edgecrab/\(version)"
}
