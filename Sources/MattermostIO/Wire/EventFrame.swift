import FoundationEssentials

/// One frame of the event socket.
package struct EventFrame: Sendable, Equatable {
  /// The event's place in the connection's sequence, from 0; nil for a reply, which has none.
  package var sequence: Int64?
  /// What it says.
  package var event: ServerEvent

  /// Puts a frame together.
  package init(sequence: Int64?, event: ServerEvent) {
    self.sequence = sequence
    self.event = event
  }

  /// Reads a frame: its envelope first, what is inside only for events that we use.
  package init(_ text: String) throws(WireError) {
    let envelope: Envelope
    do {
      envelope = try WireJSON.decode(Envelope.self, from: Array(text.utf8))
    } catch {
      throw WireError(code: .notJSON, event: "", sequence: nil)
    }
    guard let name = envelope.event else {
      guard let reply = envelope.reply else {
        throw WireError(code: .nameless, event: "", sequence: envelope.sequence)
      }
      self.init(sequence: nil, event: .statusReply(to: reply, status: envelope.status))
      return
    }
    do {
      self.init(sequence: envelope.sequence, event: try ServerEvent(name, envelope.data, envelope.broadcast))
    } catch let code {
      throw WireError(
        code: code, event: name, sequence: envelope.sequence, post: envelope.data.postID,
        channel: envelope.broadcast.channelID)
    }
  }
}
