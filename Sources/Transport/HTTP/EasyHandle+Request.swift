internal import CCurl

extension EasyHandle {
  /// Sets what only HTTP requests have: method, headers and body.
  func set(_ request: HTTPRequest) {
    switch (request.method, request.body) {
    case ("GET", nil): set(CURLOPT_HTTPGET, 1)
    case ("HEAD", nil): set(CURLOPT_NOBODY, 1)
    case (let method, let body):
      // These announce a body even where there is none (RFC 9110, section 8.6).
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
    let named = Set(request.headers.map { $0.0.lowercased() })
    set(
      headers: request.headers, without: ["Expect", "Content-Type"].filter { !named.contains($0.lowercased()) })
  }

  /// Has curl ask the read callback for a body of so many bytes.
  private func setUpload(of size: Int) {
    set(CURLOPT_POST, 1)
    set(CURLOPT_POSTFIELDSIZE_LARGE, offset: size)
  }

  private func set(body: [UInt8]) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
    // An empty body still needs a pointer: with none, curl would ask a read callback for the body.
    (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
      set(CURLOPT_COPYPOSTFIELDS, pointer: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
  }
}
