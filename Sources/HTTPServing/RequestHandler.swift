import NIOCore
import NIOHTTP1

/// Collects a request, has it answered, and sends the answer. Pipelined requests reach it one after the other.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let connection: ConnectionGuard
  private let bodyBytesMax: Int
  private let answer: @Sendable (HTTPServerRequest) async -> HTTPServerResponse
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(
    _ connection: ConnectionGuard, bodyBytesMax: Int,
    answer: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerResponse
  ) {
    self.connection = connection
    self.bodyBytesMax = bodyBytesMax
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
    let target = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let request = HTTPServerRequest(
      method: head.method.rawValue, path: String(target.first ?? ""), query: target.count > 1 ? String(target[1]) : "",
      headers: head.headers.map { (name: $0.name, value: $0.value) }, body: body)
    body = []
    context.eventLoop.makeFutureWithTask { [answer] in await answer(request) }.assumeIsolated().whenSuccess {
      self.send($0, to: head, context)
    }
  }

  private func send(_ response: HTTPServerResponse, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard connection.isServing else { return }
    let staysOpen = request.isKeepAlive && !connection.hasInputEnded
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
    // Before the end is written, which has the next request delivered where one is waiting.
    let connection = connection
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { result in
      guard staysOpen, case .success = result else { return connection.close() }
    }
    if staysOpen { connection.answerEnded() }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
  }
}
