/// What we show to a server that asks who we are: files in PEM form. A key that has a password cannot be used.
public struct ClientCertificate: Sendable, Equatable {
  /// The certificate's file, with those of its issuers behind it where the server needs them.
  public let certificateFile: String
  /// The private key's file; it may be the same.
  public let keyFile: String

  /// Names the files; they are read with every connection.
  public init(certificateFile: String, keyFile: String) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
