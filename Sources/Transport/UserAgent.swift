/// How edgecrab names itself to servers (RFC 9110, section 10.1.5).
public enum UserAgent {
  /// The version of edgecrab.
  public static let version = "0.1.0"

  static let text = "edgecrab/\(version)"
}
