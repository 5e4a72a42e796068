import Agents
import Core

/// An exchange that can be asked again.
package struct PastExchange: Sendable {
  var id: Int64
  var message: String
  var files: [AttachedFile]
  var more: [ChatMessage]
  var speaker: String
  var agent: String
}
