internal import CCurl
internal import Glibc

/// The curl side of an HTTP request: receives the callbacks of curl, and hands the response to its reader. Used on the
/// curl thread only.
final class HTTPTransfer {
  typealias HeadResult = Result<ResponseHead, TransportError>
  typealias ChunkResult = Result<[UInt8]?, TransportError>

  let easy: EasyHandle
  private let host: String
  private let idleLimit: Duration?
  private let bodyBytesMax: Int

  private var head = ResponseHeadParser()
  private var buffered: [UInt8] = []
  private var received = 0
  private var isPaused = false
  /// The error that made a callback stop the transfer. curl reports only that a callback did.
  private var callbackError: TransportError?
  private var outcome: Result<Void, TransportError>?
  private var headReader: CheckedContinuation<HeadResult, Never>?
  private var bodyReader: CheckedContinuation<ChunkResult, Never>?
  /// True if the reader waits for the end of the body.
  private var wantsRest = false
  private var lastActivity = ContinuousClock.now
  private var bytesSent = 0
  private let upload: OpenFile?
  private var uploadOffset = 0
  private var isSent = false
  /// The environment variables from which curl took a proxy, or the hosts without one; recorded for traces only.
  private(set) var proxyVariables: [String] = []

  init(
    _ request: HTTPRequest, to target: RequestTarget, settings: ConnectionSettings, isTraced: Bool
  ) throws(TransportError) {
    easy = try EasyHandle(to: target, settings: settings, timeLimit: request.timeLimit)
    host = target.host
    idleLimit = request.idleLimit
    bodyBytesMax = request.bodyBytesMax
    upload = if case .file(let file) = request.body { file } else { nil }
    easy.set(request)
    setCallbacks(isPost: request.method == "POST", isTraced: isTraced)
  }

  private func setCallbacks(isPost: Bool, isTraced: Bool) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    easy.set(CURLOPT_HEADERDATA, pointer: context)
    easy.set(CURLOPT_WRITEDATA, pointer: context)
    _ = curlSet(easy.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      HTTPTransfer.from(context).add(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    _ = curlSet(easy.pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      HTTPTransfer.from(context).add(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    if isTraced {
      easy.setTraced(context) { _, kind, bytes, count, context in
        if kind == CURLINFO_TEXT {
          HTTPTransfer.from(context).add(log: UnsafeRawBufferPointer(start: bytes, count: count))
        }
        return 0
      }
    }
    if upload != nil {
      easy.set(CURLOPT_READDATA, pointer: context)
      easy.set(CURLOPT_SEEKDATA, pointer: context)
      _ = curlSet(easy.pointer, CURLOPT_READFUNCTION) { bytes, size, count, context in
        HTTPTransfer.from(context).read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
      }
      _ = curlSet(easy.pointer, CURLOPT_SEEKFUNCTION) { context, offset, origin in
        HTTPTransfer.from(context).seek(to: Int(offset), from: origin)
      }
    }
    if isPost {
      easy.set(CURLOPT_PREREQDATA, pointer: context)
      let willSend: edgecrab_prereq_function = { context, _, _, _, _ in HTTPTransfer.from(context).willSend() }
      _ = curlSet(easy.pointer, CURLOPT_PREREQFUNCTION, willSend)
    }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer {
    guard let context else { preconditionFailure("curl called back without the pointer it was given") }
    return Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: Callbacks of curl

  private func add(header line: UnsafeRawBufferPointer) -> Int {
    lastActivity = .now
    do throws(TransportError) {
      try head.add(line)
    } catch {
      callbackError = error
      return Int(CURL_WRITEFUNC_ERROR)
    }
    return line.count
  }

  private func add(body bytes: UnsafeRawBufferPointer) -> Int {
    lastActivity = .now
    if !wantsRest, !buffered.isEmpty, buffered.count + bytes.count > Limits.streamBytesBuffered {
      isPaused = true
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    received += bytes.count
    guard received <= bodyBytesMax else {
      callbackError = TransportError(.tooLarge, "the response's body is over \(bodyBytesMax) bytes")
      return Int(CURL_WRITEFUNC_ERROR)
    }
    buffered.append(contentsOf: bytes)
    return bytes.count
  }

  private func add(log text: UnsafeRawBufferPointer) {
    if let name = ConnectionTrace.proxyVariable(in: String(decoding: text, as: UTF8.self)) {
      proxyVariables.append(name)
    }
  }

  /// Passes the next bytes of the file to curl; 0 bytes are its end.
  private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let count = upload?.read(into: buffer, at: uploadOffset) else {
      callbackError = TransportError(.fileFailed, "the file to send cannot be read, or has become shorter")
      return Int(CURL_READFUNC_ABORT)
    }
    uploadOffset += count
    return count
  }

  /// Rewinds the file, for example if the idle connection on which curl sent the first bytes turns out to be closed.
  private func seek(to offset: Int, from origin: Int32) -> Int32 {
    guard origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    uploadOffset = offset
    return CURL_SEEKFUNC_OK
  }

  /// Lets curl send the request once only. If a reused connection ends without a response, curl sends the request again
  /// on another, although the server may have processed it.
  private func willSend() -> Int32 {
    guard isSent else {
      isSent = true
      return Int32(CURL_PREREQFUNC_OK)
    }
    callbackError = unanswered
    return Int32(CURL_PREREQFUNC_ABORT)
  }

  private var unanswered: TransportError {
    TransportError(.connectionLost, "\(host) ended the connection without an answer")
  }

  /// Ends the transfer with the result of curl.
  func finish(_ code: CURLcode) {
    guard code != CURLE_OK else { return finish(.success(())) }
    let error = callbackError ?? TransportError(code, of: easy, host: host)
    // That curl could open no other connection to repeat the request does not mean that it was not sent.
    finish(.failure(isSent && error.code.isBeforeRequest ? unanswered : error))
  }

  func finish(_ result: Result<Void, TransportError>) {
    guard outcome == nil else { return }
    outcome = result
    deliver()
  }

  // MARK: Reader

  func readHead(_ reader: CheckedContinuation<HeadResult, Never>) {
    headReader = reader
    deliverHead()
  }

  /// Passes all bytes that have arrived to the reader, or waits for some; `nil` is the end of the body.
  func readChunk(_ reader: CheckedContinuation<ChunkResult, Never>) { read(reader, toEnd: false) }

  /// Passes all bytes that were not read to the reader at the end of the body; `nil` if there are none.
  func readRest(_ reader: CheckedContinuation<ChunkResult, Never>) { read(reader, toEnd: true) }

  private func read(_ reader: CheckedContinuation<ChunkResult, Never>, toEnd: Bool) {
    guard bodyReader == nil else {
      reader.resume(returning: .failure(TransportError(.cancelled, "another task is reading this stream")))
      return
    }
    bodyReader = reader
    wantsRest = toEnd
    deliverBody()
    if isPaused, buffered.isEmpty || wantsRest {
      isPaused = false
      lastActivity = .now
      // This may call `add(body:)` before it returns.
      curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
    }
  }

  /// Passes on what has arrived. Curl may hand it over in many small pieces, of which each would resume the reader.
  func deliver() {
    deliverHead()
    deliverBody()
  }

  private func deliverHead() {
    guard let reader = headReader else { return }
    if let head = head.head {
      headReader = nil
      reader.resume(returning: .success(head))
    } else if let outcome {
      headReader = nil
      reader.resume(
        returning: outcome.flatMap {
          // To curl, a connection that ends within the headers is a complete response.
          .failure(TransportError(.connectionLost, "\(host) ended the connection within the response's headers"))
        })
    }
  }

  private func deliverBody() {
    guard let reader = bodyReader else { return }
    if !buffered.isEmpty, !wantsRest || isComplete {
      let chunk = buffered
      buffered = []
      end(reader, .success(chunk))
    } else if let outcome {
      end(reader, outcome.map { nil })
    }
  }

  /// True if the whole response has arrived.
  private var isComplete: Bool { if case .success? = outcome { true } else { false } }

  private func end(_ reader: CheckedContinuation<ChunkResult, Never>, _ result: ChunkResult) {
    bodyReader = nil
    wantsRest = false
    reader.resume(returning: result)
  }

  // MARK: Idle limit

  /// The time at which the idle limit is reached unless a byte is sent or received; `nil` is never.
  var deadline: ContinuousClock.Instant? {
    guard let idleLimit, !isPaused, outcome == nil else { return nil }
    return lastActivity + idleLimit
  }

  /// Returns whether the deadline has passed. Bytes of the body that were sent since the last check count as activity.
  func isIdle(at now: ContinuousClock.Instant) -> Bool {
    guard let deadline, now >= deadline else { return false }
    let sent = easy.number(CURLINFO_SIZE_UPLOAD_T)
    guard sent == bytesSent else {
      bytesSent = sent
      lastActivity = now
      return false
    }
    return true
  }

  var idleError: TransportError {
    TransportError(.idle, "\(host) sent nothing for \(idleLimit ?? .zero)")
  }
}
