package import ConfigLoader
package import Transport

extension Settings {
  /// The certificate to show to the server, where one is set.
  package var clientCertificate: ClientCertificate? {
    certificate.map { ClientCertificate(certificateFile: $0.file, keyFile: $0.key) }
  }
}
