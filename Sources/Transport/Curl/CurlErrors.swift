internal import CCurl
internal import Glibc

extension TransportError {
  /// Creates the error of a failed transfer.
  init(_ code: CURLcode, of easy: EasyHandle, host: String) {
    let text = easy.text(of: code)
    self.init(Self.kind(of: code, easy: easy, text: text, host: host), text)
  }

  private static func kind(of code: CURLcode, easy: EasyHandle, text: String, host: String) -> Code {
    switch code {
    case _ where failuresWithoutDescriptors.contains(code) && isOutOfDescriptors: .noDescriptors
    case CURLE_URL_MALFORMAT: .badURL
    case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxyFailed
    case CURLE_COULDNT_CONNECT:
      // curl has one code for both. Its text contains the host that it tried, which may be the proxy.
      if text.hasPrefix("Failed to connect to "), !text.hasPrefix("Failed to connect to \(host.unbracketed) ") {
        .proxyFailed
      } else {
        easy.number(CURLINFO_OS_ERRNO) == Int(ECONNREFUSED) ? .connectionRefused : .unreachable
      }
    case CURLE_SSL_CLIENTCERT, CURLE_SSL_CERTPROBLEM: .clientCertificate
    // With TLS 1.3 the server sends this alert after the handshake, so that a later read or write fails.
    case _ where clientCertificateAlerts.contains(where: text.contains): .clientCertificate
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS: .certificateRejected
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_INITFAILED,
      CURLE_USE_SSL_FAILED:
      .tlsFailed
    case CURLE_FILESIZE_EXCEEDED: .tooLarge
    case CURLE_ABORTED_BY_CALLBACK: .cancelled
    // curl 7.88 reports a header line over 100 KiB as out of memory, and HTTP/0.9 as an unsupported protocol.
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2,
      CURLE_HTTP2_STREAM, CURLE_OUT_OF_MEMORY:
      .protocolViolation
    // Only failures of a proxy's tunnel contain this word.
    case CURLE_RECV_ERROR where text.contains("CONNECT"): .proxyFailed
    default: .connectionLost
    }
  }

  /// The codes of curl for a socket, a pipe or a file that could not be opened. They have other causes as well.
  private static let failuresWithoutDescriptors = [
    CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_OUT_OF_MEMORY,
    CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM,
  ]

  /// True if no further file can be opened, which curl does not always report as the cause.
  private static var isOutOfDescriptors: Bool {
    let probe = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard probe < 0 else {
      close(probe)
      return false
    }
    return errno == EMFILE || errno == ENFILE
  }

  /// OpenSSL's texts of the alerts by which a server rejects a client certificate, or requires one (RFC 8446, section
  /// 6.2).
  private static let clientCertificateAlerts = [
    "alert certificate required", "alert bad certificate", "alert unknown ca", "alert certificate expired",
    "alert certificate unknown", "alert certificate revoked", "alert unsupported certificate",
  ]
}

extension String {
  /// An IPv6 address without the brackets that it has in a URL.
  fileprivate var unbracketed: Substring { hasPrefix("[") && hasSuffix("]") ? dropFirst().dropLast() : self[...] }
}
