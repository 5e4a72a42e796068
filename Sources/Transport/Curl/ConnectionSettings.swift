internal import FoundationEssentials

/// What the user's machine says about connecting. Proxies are not here: curl reads `http_proxy`, `https_proxy`,
/// `all_proxy` and `no_proxy` by itself. The certificate variables are read by the curl command only, not by libcurl.
struct ConnectionSettings: Sendable {
  /// A file of trusted certificates (PEM); nil is curl's built-in choice.
  var certificateFile: String?
  /// A folder of trusted certificates, hashed by OpenSSL's `c_rehash`; nil is curl's built-in choice.
  var certificateFolder: String?
  /// A proxy to use in place of what the environment says; nil leaves it to curl.
  var proxy: String?

  /// How long an idle connection may wait to be used again; nil is curl's 118 s.
  var connectionAgeMax: Duration?

  /// The settings of this process: `CURL_CA_BUNDLE`, else `SSL_CERT_DIR` and `SSL_CERT_FILE`, as the curl command.
  static let environment: ConnectionSettings = {
    let variables = ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let bundle = value("CURL_CA_BUNDLE") { return ConnectionSettings(certificateFile: bundle) }
    return ConnectionSettings(certificateFile: value("SSL_CERT_FILE"), certificateFolder: value("SSL_CERT_DIR"))
  }()
}
