import Core

/// Repeats the message, word by word, and names its files: for trying edgecrab without a model. It responds at once and
/// needs no limits.
package struct EchoAgent: Agent {
  package let isIdempotent = true
  package let readsHistory = false

  package init() {}

  package func respond(to request: AgentRequest) -> ResponseStream {
    ResponseStream { parts in
      var rest = (request.more.isEmpty ? request.files.named(below: request.message) : request.text)[...]
      while !rest.isEmpty {
        let word = rest.prefix { !$0.isWhitespace }
        let gap = rest[word.endIndex...].prefix { $0.isWhitespace }
        parts.yield(.text(String(rest[..<gap.endIndex])))
        rest = rest[gap.endIndex...]
      }
      parts.finish()
    }
  }
}
