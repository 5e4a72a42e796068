internal import FoundationEssentials

/// What the user's machine says about connecting. Proxies are not here: curl reads `http_proxy`, `https_proxy`,
/// `all_proxy` and `no_proxy` by itself. The certificate variables are read by the curl command only, not by libcurl.
struct ConnectionSettings: Sendable {
  /// A file of trusted certificates (PEM); nil is curl's built-in choice.
  var certificateFile: String?
  /// A folder of trusted certificates, hashed by OpenSSL's `c_rehash`; nil is curl's built-in choice.
  var certificateFolder: String?
  /// The variables that the two are from.
  var certificateVariables: [String] = []
  /// What is shown to a server that asks who we are.
  var clientCertificate: ClientCertificate?
  /// A proxy to use in place of what the environment says; nil leaves it to curl.
  var proxy: String?

  /// How long an idle connection may wait to be used again; nil is curl's 118 s.
  var connectionAgeMax: Duration?

  /// The settings of this process, with a certificate to show.
  static func environment(_ certificate: ClientCertificate?) -> ConnectionSettings {
    var settings = environment
    settings.clientCertificate = certificate
    return settings
  }

  /// The settings of this process: `CURL_CA_BUNDLE`, else `SSL_CERT_DIR` and `SSL_CERT_FILE`, as the curl command.
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
