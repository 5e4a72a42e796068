internal import CCurl
internal import Glibc

/// A curl easy handle and the memory that it points into. Used on the curl thread only.
///
/// See <https://curl.se/libcurl/c/curl_easy_setopt.html> for the options.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  /// True if the connection has no TLS, neither to the server nor to a proxy.
  let isPlain: Bool
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?

  /// Creates a handle with the options that HTTP and WebSocket transfers share.
  init(to target: RequestTarget, settings: ConnectionSettings, timeLimit: Duration?) throws(TransportError) {
    guard let pointer = curl_easy_init() else { throw TransportError(.connectionLost, "out of memory") }
    self.pointer = pointer
    isPlain = target.url.hasPrefix("http://") && !settings.mayReachProxyByTLS
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    set(CURLOPT_ERRORBUFFER, pointer: errorText)
    set(CURLOPT_URL, target.url)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_NOSIGNAL, 1)
    // Otherwise, removing a handle during a name look-up blocks the thread until the look-up has ended.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, Limits.connectTime.curlMilliseconds)
    if let timeLimit { set(CURLOPT_TIMEOUT_MS, max(1, timeLimit.curlMilliseconds)) }
    if let proxy = settings.proxy {
      set(CURLOPT_PROXY, proxy)
    } else if target.isLoopback {
      set(CURLOPT_NOPROXY, "*")
    }
    if let age = settings.connectionAgeMax { set(CURLOPT_MAXAGE_CONN, Int(age.components.seconds)) }
    for (option, path) in [
      (CURLOPT_CAINFO, settings.certificateFile), (CURLOPT_PROXY_CAINFO, settings.certificateFile),
      (CURLOPT_CAPATH, settings.certificateFolder), (CURLOPT_PROXY_CAPATH, settings.certificateFolder),
    ] {
      if let path { set(option, path) }
    }
    if let certificate = settings.clientCertificate {
      set(CURLOPT_SSLCERT, certificate.certificateFile)
      set(CURLOPT_SSLKEY, certificate.keyFile)
      // Without a password, OpenSSL would prompt on the terminal for that of an encrypted key and block the thread.
      set(CURLOPT_KEYPASSWD, "")
    }
    // A child process must not inherit the connection and keep it open.
    _ = curlSet(pointer, CURLOPT_SOCKOPTFUNCTION) { _, socket, _ in
      _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
      return CURL_SOCKOPT_OK
    }
  }

  deinit {
    curl_easy_cleanup(pointer)
    curl_slist_free_all(headerList)
    errorText.deallocate()
  }

  func set(_ option: CURLoption, _ value: Int) { _ = curlSet(pointer, option, value) }
  func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) { _ = curlSetPointer(pointer, option, value) }
  private func set(_ option: CURLoption, _ value: String) { _ = curlSet(pointer, option, value) }
  private func set(_ option: CURLoption, offset value: Int) { _ = curlSetOffset(pointer, option, curl_off_t(value)) }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return curlGet(pointer, info, &value) == CURLE_OK ? value : 0
  }

  /// Returns curl's own description of the last failure.
  func text(of code: CURLcode) -> String {
    errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
  }

  // MARK: HTTP requests

  /// Sets the method, the headers and the body of a validated request.
  func set(_ request: HTTPRequest) {
    switch (request.method, request.body) {
    case ("GET", nil): set(CURLOPT_HTTPGET, 1)
    case ("HEAD", nil): set(CURLOPT_NOBODY, 1)
    case (let method, let body):
      // Requests with these methods have a Content-Length even if there is no body (RFC 9110, section 8.6).
      switch body {
      case .bytes(let bytes): set(body: bytes)
      case .file(let file): setUpload(of: file.size)
      case nil: if ["POST", "PUT", "PATCH"].contains(method) { set(body: []) }
      }
      set(CURLOPT_CUSTOMREQUEST, method)
    }
    set(CURLOPT_ACCEPT_ENCODING, "")
    set(CURLOPT_USERAGENT, UserAgent.text)
    if request.method != "HEAD" { set(CURLOPT_MAXFILESIZE_LARGE, offset: request.bodyBytesMax) }
    let names = Set(request.headers.map { $0.0.lowercased() })
    set(headers: request.headers, removing: ["Expect", "Content-Type"].filter { !names.contains($0.lowercased()) })
  }

  /// Sets the headers, and removes some that curl would add.
  private func set(headers: [(String, String)], removing unwanted: [String]) {
    // In this list, `Name:` removes a header and `Name;` is a header with an empty value.
    let lines = headers.map { $1.isEmpty ? "\($0);" : "\($0): \($1)" } + unwanted.map { "\($0):" }
    for line in lines {
      if let longer = curl_slist_append(headerList, line) { headerList = longer }
    }
    _ = curlSet(pointer, CURLOPT_HTTPHEADER, headerList)
  }

  /// Makes curl read a body of `size` bytes from the read callback.
  private func setUpload(of size: Int) {
    set(CURLOPT_POST, 1)
    set(CURLOPT_POSTFIELDSIZE_LARGE, offset: size)
  }

  private func set(body: [UInt8]) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
    // Without a pointer, curl would read even an empty body from the read callback.
    (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
      set(CURLOPT_COPYPOSTFIELDS, pointer: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
  }

  // MARK: Bare connections

  /// Makes the handle only connect (TCP, TLS, proxy); `receive` and `send` then use the connection.
  ///
  /// Until the first `receive` or `send` the connection counts as idle, and any other transfer may close it for its age
  /// (`CURLOPT_MAXAGE_CONN`). So the first bytes must be sent as soon as it is connected.
  func setConnectOnly() {
    set(CURLOPT_CONNECT_ONLY, 1)
    set(CURLOPT_FRESH_CONNECT, 1)
    // With ALPN a server may choose HTTP/2, which has no such upgrade (RFC 9113, section 8.6).
    set(CURLOPT_SSL_ENABLE_ALPN, 0)
    set(CURLOPT_HTTPPROXYTUNNEL, 1)
  }

  /// The socket of the connection, or `nil` if it is closed.
  var socket: Int32? {
    var socket: curl_socket_t = -1
    return curlGet(pointer, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket >= 0 ? socket : nil
  }

  /// Reads the bytes that have arrived.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
    var count = 0
    switch curl_easy_recv(pointer, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .end
    case CURLE_AGAIN: return .wouldBlock
    case let code: return .failed(code)
    }
  }

  /// Writes as many bytes as the socket accepts. After `.wouldBlock`, the next call must pass the same bytes at the
  /// same address, because OpenSSL may have encrypted a part of them.
  func send(_ buffer: UnsafeRawBufferPointer) -> IOResult {
    var count = 0
    switch curl_easy_send(pointer, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .wouldBlock
    case CURLE_AGAIN: return .wouldBlock
    case let code: return .failed(code)
    }
  }

  // MARK: Traces

  /// Makes the handle open a new connection and report curl's log lines to `log`, with `context`.
  func setTraced(_ context: UnsafeMutableRawPointer, log: edgecrab_debug_function) {
    set(CURLOPT_FRESH_CONNECT, 1)
    set(CURLOPT_FORBID_REUSE, 1)
    set(CURLOPT_CERTINFO, 1)
    set(CURLOPT_VERBOSE, 1)
    set(CURLOPT_DEBUGDATA, pointer: context)
    _ = curlSet(pointer, CURLOPT_DEBUGFUNCTION, log)
  }

  /// The stage that the connection reached. A completed stage has taken at least a microsecond.
  var reached: ConnectionTrace.Stage {
    if number(CURLINFO_APPCONNECT_TIME_T) > 0 { return .secured }
    if number(CURLINFO_CONNECT_TIME_T) > 0 { return .connected }
    return number(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? .resolved : .nothing
  }

  /// The IP address of the other end; empty if there was no connection.
  var remoteAddress: String {
    var text: UnsafeMutablePointer<CChar>?
    guard curlGet(pointer, CURLINFO_PRIMARY_IP, &text) == CURLE_OK, let text else { return "" }
    return String(cString: text)
  }

  /// The expiry of the server's certificate, the first of its chain, in seconds since 1970 (UTC).
  var certificateExpiry: Int? {
    var chain: UnsafeMutablePointer<curl_certinfo>?
    guard curlGet(pointer, CURLINFO_CERTINFO, &chain) == CURLE_OK, let chain = chain?.pointee, chain.num_of_certs > 0
    else { return nil }
    let title = "Expire date:"
    var line = chain.certinfo[0]
    while let entry = line?.pointee {
      if let data = entry.data, case let text = String(cString: data), text.hasPrefix(title) {
        let seconds = curl_getdate(String(text.dropFirst(title.count)), nil)
        return seconds < 0 ? nil : seconds
      }
      line = entry.next
    }
    return nil
  }
}

/// The result of a read or a write that does not block.
enum IOResult: Equatable {
  /// The number of bytes that were transferred, at least one.
  case bytes(Int)
  /// No byte was transferred; poll the socket.
  case wouldBlock
  /// The other end has closed the connection.
  case end
  case failed(CURLcode)
}

extension Duration {
  /// The duration in whole milliseconds, rounded up, within curl's 32-bit time-outs (24 days).
  var curlMilliseconds: Int {
    Int(min(max(0, (self / .milliseconds(1)).rounded(.up)), Double(Int32.max)))
  }
}
