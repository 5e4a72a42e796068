package import ConfigLoader
package import Transport

extension Settings {
  /// The client certificate for the server, or `nil` if none is set.
  package var clientCertificate: ClientCertificate? {
    certificate.map { ClientCertificate(certificateFile: $0.file, keyFile: $0.key) }
  }
}
