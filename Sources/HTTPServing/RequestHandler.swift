import NIOCore
import NIOHTTP1

/// Assembles a request, passes it to the `answer` closure, and performs the action that it returns. Pipelined requests
/// arrive one after the other.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let connection: ConnectionGuard
  private let http: HTTPCodec
  private let bodyBytesMax: Int
  private let tasks: TaskRegistry
  private let answer: @Sendable (HTTPServerRequest) async -> HTTPServerAction
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(
    _ connection: ConnectionGuard, _ http: HTTPCodec, bodyBytesMax: Int, tasks: TaskRegistry,
    answer: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerAction
  ) {
    self.connection = connection
    self.http = http
    self.bodyBytesMax = bodyBytesMax
    self.tasks = tasks
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard connection.isServing else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      let fields = head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
      connection.headEnded(bytes: fields)
      self.head = head
      body = []
      if let length = head.headers.first(name: "content-length").flatMap(Int.init), length > bodyBytesMax {
        connection.refuse("413 Content Too Large")
      }
    case .body(let bytes):
      guard body.count + bytes.readableBytes <= bodyBytesMax else {
        return connection.refuse("413 Content Too Large")
      }
      body.append(contentsOf: bytes.readableBytesView)
    case .end:
      guard let head else { return }
      self.head = nil
      connection.requestEnded()
      answer(head, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow: connection.refuse("431 Request Header Fields Too Large")
    case is HTTPParserError: connection.refuse("400 Bad Request")
    default: connection.close()
    }
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let request = HTTPServerRequest(
      method: head.method.rawValue, target: head.uri, headers: head.headers.map { (name: $0.name, value: $0.value) },
      body: body)
    body = []
    tasks.run(on: context.eventLoop) { [answer] in
      await answer(request)
    } then: { action in
      guard self.connection.isServing else { return }
      switch action {
      case .respond(let response): self.send(response, to: head, context)
      case .openWebSocket(let service, _) where request.asksForWebSocket: self.open(service, for: head, context)
      case .openWebSocket(_, let response): self.send(response, to: head, context)
      case .hangUp: self.connection.close()
      }
    }
  }

  private func send(_ response: HTTPServerResponse, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    // The decoder parses no request after one that asks for an upgrade.
    let staysOpen =
      request.isKeepAlive && !connection.hasInputEnded && !request.headers.contains(name: "Upgrade")
    var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
    headers.replaceOrAdd(name: "Content-Length", value: "\(response.body.count)")
    headers.replaceOrAdd(name: "Connection", value: staysOpen ? "keep-alive" : "close")
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if request.method != .HEAD, !response.body.isEmpty {
      let body = context.channel.allocator.buffer(bytes: response.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    // This must precede writing the end, which delivers a pipelined request.
    let connection = connection
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { result in
      guard staysOpen, case .success = result else { return connection.close() }
    }
    if staysOpen { connection.answerEnded() }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
  }

  private func open(_ service: WebSocketService, for request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let handshake = WebSocketHandshake(frameBytesMax: service.frameBytesMax)
    handshake.headers(for: request, on: context.channel).assumeIsolated().whenComplete { result in
      guard self.connection.isServing else { return }
      guard case .success(let headers) = result else { return self.connection.refuse("400 Bad Request") }
      let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
      context.write(self.wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
      self.serve(service, handshake, context)
    }
  }

  private func serve(_ service: WebSocketService, _ handshake: WebSocketHandshake, _ context: ChannelHandlerContext) {
    let (connection, channel) = (connection, context.channel)
    connection.webSocketOpened()
    do {
      let frames = try handshake.addHandlers(to: channel, connection)
      channel.pipeline.syncOperations.removeHandler(self, promise: nil)
      http.remove(from: channel.pipeline.syncOperations)
      tasks.run(on: channel.eventLoop) {
        // It throws if the connection ends.
        try? await frames.executeThenClose { frames, _ in
          await service.serve(WebSocketConnection(frames, channel))
        }
      } then: { _ in
        connection.close()
      }
    } catch {
      connection.close()
    }
  }
}

/// The tasks that answer requests and serve WebSockets, which are cancelled when the server stops. Used on the event
/// loop only.
final class TaskRegistry {
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var started = 0

  /// Runs an operation in a task, and passes its result to `then` on the event loop.
  func run<Value: Sendable>(
    on loop: any EventLoop, _ operation: @escaping @Sendable () async -> Value, then: @escaping (Value) -> Void
  ) {
    let id = started
    started += 1
    let result = loop.makePromise(of: Value.self)
    tasks[id] = Task { result.succeed(await operation()) }
    result.futureResult.assumeIsolated().whenSuccess { value in
      self.tasks[id] = nil
      then(value)
    }
  }

  /// Cancels all running tasks, and returns them.
  func cancelAll() -> [Task<Void, Never>] {
    for task in tasks.values { task.cancel() }
    return Array(tasks.values)
  }
}

/// The handlers that decode HTTP/1.1 requests and encode responses.
struct HTTPCodec {
  private let encoder = HTTPResponseEncoder()
  private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
  private let pipelining = HTTPServerPipelineHandler()
  private let validator = NIOHTTPResponseHeadersValidator()

  /// Appends them to the pipeline of a connection.
  init(_ limits: HTTPServerLimits, in pipeline: ChannelPipeline.SynchronousOperations) throws {
    var decoderLimits = NIOHTTPDecoderLimitConfiguration()
    decoderLimits.maxHeaderFieldSize = limits.headBytesMax
    decoderLimits.maxHeaderListSize = limits.headBytesMax
    decoder = ByteToMessageHandler(
      HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits))
    try pipeline.addHandlers(encoder, decoder, pipelining, validator)
  }

  /// Removes them from the pipeline. Bytes after an upgrade request are passed to the next handler.
  func remove(from pipeline: ChannelPipeline.SynchronousOperations) {
    for handler: any RemovableChannelHandler in [validator, pipelining, encoder] {
      pipeline.removeHandler(handler, promise: nil)
    }
    // The last one, because it passes those bytes on, which the others do not accept.
    pipeline.removeHandler(decoder, promise: nil)
  }
}
