import NIOCore
import NIOHTTP1

/// What makes HTTP/1.1 requests of a connection's bytes, and bytes of answers.
struct HTTPCodec {
  private let encoder = HTTPResponseEncoder()
  private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
  private let pipelining = HTTPServerPipelineHandler()
  private let validator = NIOHTTPResponseHeadersValidator()

  /// Adds them at the end of a connection's pipeline.
  init(_ bounds: HTTPServerLimits, in pipeline: ChannelPipeline.SynchronousOperations) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = bounds.headBytesMax
    limits.maxHeaderListSize = bounds.headBytesMax
    decoder = ByteToMessageHandler(
      HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
    try pipeline.addHandlers(encoder, decoder, pipelining, validator)
  }

  /// Takes them out of the pipeline. What came behind an upgrade request goes to the handler that follows.
  func remove(from pipeline: ChannelPipeline.SynchronousOperations) {
    for handler: any RemovableChannelHandler in [validator, pipelining, encoder] {
      pipeline.removeHandler(handler, promise: nil)
    }
    // Last, when nothing is left in between that takes no bytes.
    pipeline.removeHandler(decoder, promise: nil)
  }
}
