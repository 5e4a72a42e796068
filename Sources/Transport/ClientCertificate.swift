/// What we show to a server that asks who we are: files in PEM form. A key that has a password cannot be used.
package struct ClientCertificate: Sendable, Equatable {
  /// The certificate's file, with those of its issuers behind it where the server needs them.
  package let certificateFile: String
  /// The private key's file; it may be the same.
  package let keyFile: String

  /// Names the files; they are read with every connection.
  package init(certificateFile: String, keyFile: String) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
