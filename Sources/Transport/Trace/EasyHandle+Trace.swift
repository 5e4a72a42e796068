internal import CCurl

extension EasyHandle {
  /// Prepares a handle whose connection is looked at: a new one, and curl tells `hear` about it, with `context`.
  func setTraced(_ context: UnsafeMutableRawPointer, hear: edgecrab_debug_function) {
    set(CURLOPT_FRESH_CONNECT, 1)
    set(CURLOPT_FORBID_REUSE, 1)
    set(CURLOPT_CERTINFO, 1)
    set(CURLOPT_VERBOSE, 1)
    set(CURLOPT_DEBUGDATA, pointer: context)
    _ = curlSet(pointer, CURLOPT_DEBUGFUNCTION, hear)
  }

  /// How far the connection came: a stage that was passed has taken at least a microsecond.
  var reached: ConnectionTrace.Stage {
    if number(CURLINFO_APPCONNECT_TIME_T) > 0 { return .secured }
    if number(CURLINFO_CONNECT_TIME_T) > 0 { return .connected }
    return number(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? .resolved : .nothing
  }

  /// The address at the other end; empty where there is none.
  var remoteAddress: String {
    var text: UnsafeMutablePointer<CChar>?
    guard curlGet(pointer, CURLINFO_PRIMARY_IP, &text) == CURLE_OK, let text else { return "" }
    return String(cString: text)
  }

  /// When the server's own certificate, the first of its chain, ends.
  var certificateEnd: Int? {
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
