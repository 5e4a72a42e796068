import Core

/// Says back what it hears, word by word, and names the files it is given: for trying edgecrab without a model.
package struct EchoAgent: Agent {
  /// Saying it twice does no harm.
  package let isIdempotent = true

  /// Makes one.
  package init() {}

  /// Says the message back, a word a part.
  package func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    AsyncThrowingStream { stream in
      let words = request.more.isEmpty ? request.files.named(below: request.message) : request.words
      var rest = words[...]
      while !rest.isEmpty {
        let word = rest.prefix { !$0.isWhitespace }
        let gap = rest[word.endIndex...].prefix { $0.isWhitespace }
        stream.yield(.text(String(rest[..<gap.endIndex])))
        rest = rest[gap.endIndex...]
      }
      stream.finish()
    }
  }
}
