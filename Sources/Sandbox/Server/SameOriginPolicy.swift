import HTTPServing

/// Keeps the web out: loopback does not, since any site's page runs in a browser on this machine.
enum SameOriginPolicy {
  static let refusal = "The sandbox only answers programs and pages of this machine, at 127.0.0.1 or localhost.\n"

  /// Whether a request to the sandbox at `address` can come from its own page, or from a program.
  ///
  /// A foreign name that resolves to 127.0.0.1 (DNS rebinding) shows in `Host`. A foreign page's request shows in
  /// `Origin`, which browsers send with every WebSocket and every request that is not a plain `GET` (RFC 6454).
  static func allows(_ request: HTTPServerRequest, at address: String) -> Bool {
    guard let host = request.header("Host")?.lowercased() else { return false }
    let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard [address, "127.0.0.1", "localhost"].contains(String(parts[0])) else { return false }
    guard parts.count == 1 || UInt16(parts[1]) != nil else { return false }
    guard let origin = request.header("Origin")?.lowercased() else { return true }
    return origin == "http://\(host)"
  }
}
