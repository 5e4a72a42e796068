internal import CCurl
internal import Glibc

/// One curl easy handle with the memory that it points into. Used on the curl thread only.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?

  /// A handle with all that HTTP exchanges and WebSocket connections have in common.
  init(to target: RequestTarget, settings: ConnectionSettings, timeLimit: Duration?) throws(TransportError) {
    guard let pointer = curl_easy_init() else { throw TransportError(.connectionLost, "out of memory") }
    self.pointer = pointer
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    set(CURLOPT_ERRORBUFFER, pointer: errorText)
    set(CURLOPT_URL, target.url)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_NOSIGNAL, 1)
    // Without this, giving up while a name is being looked up waits for the look-up, and with it the whole thread.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, Limits.connectTime.milliseconds)
    if let timeLimit { set(CURLOPT_TIMEOUT_MS, max(1, timeLimit.milliseconds)) }
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
      // Without any, OpenSSL would ask a terminal for the password of a key that has one, and hold up the whole thread.
      set(CURLOPT_KEYPASSWD, "")
    }
    // A child process must not keep a connection open that we close.
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
  func set(_ option: CURLoption, _ value: String) { _ = curlSet(pointer, option, value) }
  func set(_ option: CURLoption, offset value: Int) { _ = curlSetOffset(pointer, option, curl_off_t(value)) }
  func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) { _ = curlSetPointer(pointer, option, value) }

  /// Sets the request's headers, which were checked to be single lines, and removes those that curl would add.
  func set(headers: [(String, String)], without unwanted: [String]) {
    // To curl, `Name:` removes a header and `Name;` is a header with an empty value.
    let lines = headers.map { $1.isEmpty ? "\($0);" : "\($0): \($1)" } + unwanted.map { "\($0):" }
    for line in lines {
      if let longer = curl_slist_append(headerList, line) { headerList = longer }
    }
    _ = curlSet(pointer, CURLOPT_HTTPHEADER, headerList)
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return curlGet(pointer, info, &value) == CURLE_OK ? value : 0
  }

  /// Curl's own words about the last failure.
  func text(of code: CURLcode) -> String {
    errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, within what curl's 32-bit time-outs take (24 days).
  var milliseconds: Int {
    Int(min(max(0, (self / .milliseconds(1)).rounded(.up)), Double(Int32.max)))
  }
}
