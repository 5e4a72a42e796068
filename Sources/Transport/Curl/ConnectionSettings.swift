internal import FoundationEssentials

/// Settings of all connections of a client.
///
/// Proxies are missing here: libcurl itself reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`. Only the
/// curl command reads the certificate variables.
struct ConnectionSettings: Sendable {
  /// A PEM file of trusted certificates; `nil` is curl's built-in path.
  var certificateFile: String?
  /// A folder of trusted certificates, hashed by OpenSSL's `c_rehash`; `nil` is curl's built-in path.
  var certificateFolder: String?
  /// The names of the environment variables that set the two paths.
  var certificateVariables: [String] = []
  var clientCertificate: ClientCertificate?
  /// The URL of a proxy to use instead of that of the environment.
  var proxy: String?
  /// The age at which an idle connection is not used again; `nil` is curl's default of 118 s.
  var connectionAgeMax: Duration?

  /// True if the proxy to `http` URLs, if they have one, may be an `https` proxy.
  var mayReachProxyByTLS: Bool {
    proxy.map { $0.lowercased().hasPrefix("https:") } ?? Self.environmentMayHaveTLSProxy
  }

  private static let environmentMayHaveTLSProxy = ["http_proxy", "all_proxy", "ALL_PROXY"].contains { name in
    ProcessInfo.processInfo.environment[name]?.lowercased().hasPrefix("https:") ?? false
  }

  /// Returns the settings of the environment, with a client certificate.
  static func environment(_ certificate: ClientCertificate?) -> ConnectionSettings {
    var settings = environment
    settings.clientCertificate = certificate
    return settings
  }

  /// `CURL_CA_BUNDLE`, or else `SSL_CERT_DIR` and `SSL_CERT_FILE`, as in the curl command.
  private static let environment: ConnectionSettings = {
    let variables = ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    let names = value("CURL_CA_BUNDLE") == nil ? ["SSL_CERT_FILE", "SSL_CERT_DIR"] : ["CURL_CA_BUNDLE"]
    return ConnectionSettings(
      certificateFile: value("CURL_CA_BUNDLE") ?? value("SSL_CERT_FILE"),
      certificateFolder: value("CURL_CA_BUNDLE") == nil ? value("SSL_CERT_DIR") : nil,
      certificateVariables: names.filter { value($0) != nil })
  }()
}

/// A TLS client certificate: two PEM files, which are read for every connection. The key must not be encrypted.
package struct ClientCertificate: Sendable, Equatable {
  /// The path of the certificate, followed by those of its issuers if the server needs them.
  package let certificateFile: String
  /// The path of the private key; it may be the same file.
  package let keyFile: String

  package init(certificateFile: String, keyFile: String) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
