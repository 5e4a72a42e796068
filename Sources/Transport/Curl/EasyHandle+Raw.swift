internal import CCurl

/// What came of moving bytes over a connection without blocking.
enum IOResult: Equatable {
  /// So many bytes went through, at least one.
  case bytes(Int)
  /// None now; poll the socket.
  case wouldBlock
  /// The peer has ended the connection.
  case end
  /// The connection is broken.
  case failed(CURLcode)
}

extension EasyHandle {
  /// Prepares a handle that only connects (TCP, TLS, proxy) and leaves the connection to `receive` and `send`.
  ///
  /// Until the first `receive` or `send`, such a connection counts as idle, and any other transfer may close it for
  /// its age (`CURLOPT_MAXAGE_CONN`); from then on it is in use. So nobody may wait between connecting and sending.
  func setConnectOnly() {
    set(CURLOPT_CONNECT_ONLY, 1)
    set(CURLOPT_FRESH_CONNECT, 1)
    // With ALPN a server may choose HTTP/2, over which this upgrade does not exist.
    set(CURLOPT_SSL_ENABLE_ALPN, 0)
    set(CURLOPT_HTTPPROXYTUNNEL, 1)
  }

  /// The socket of the connection, to poll; nil if it is gone.
  var socket: Int32? {
    var socket: curl_socket_t = -1
    return curlGet(pointer, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket >= 0 ? socket : nil
  }

  /// Reads what is there.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
    var count = 0
    switch curl_easy_recv(pointer, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .end
    case CURLE_AGAIN: return .wouldBlock
    case let code: return .failed(code)
    }
  }

  /// Writes what the socket takes. After `.wouldBlock` the next call has to begin with the same bytes at the same
  /// place: OpenSSL may have half of them in its hands.
  func send(_ buffer: UnsafeRawBufferPointer) -> IOResult {
    var count = 0
    switch curl_easy_send(pointer, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .wouldBlock
    case CURLE_AGAIN: return .wouldBlock
    case let code: return .failed(code)
    }
  }
}
