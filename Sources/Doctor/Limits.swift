/// Bounds of the checks.
enum Limits {
  /// The number of roles to fetch: newer servers return at most 100 at once.
  static let rolesMax = 100

  /// Seconds for which the server's certificate should still be valid: certificates that are renewed automatically are
  /// renewed days before they expire.
  static let certificateSecondsMin = 2 * 86_400
}
