/// What is around every event and every reply.
struct Envelope: Decodable {
  var event: String?
  var sequence: Int64?
  var reply: Int64?
  var status: String
  var data = EventPayload()
  var broadcast = EventPayload()

  private enum Key: String, CodingKey {
    case event, data, broadcast, status
    case sequence = "seq"
    case reply = "seq_reply"
  }

  init(from decoder: any Decoder) throws {
    let envelope = try decoder.container(keyedBy: Key.self)
    let name = envelope.text(.event)
    event = name.isEmpty ? nil : name
    // A number that no server reaches by counting is none: ours is counted on from it.
    sequence = envelope.contains(.sequence) ? envelope.integer(.sequence) : nil
    if let number = sequence, !(0...Limits.sequenceMax).contains(number) { sequence = nil }
    reply = envelope.contains(.reply) ? envelope.integer(.reply) : nil
    status = envelope.text(.status)
    if ServerEvent.isUsed(name) {
      data = (try? envelope.decode(EventPayload.self, forKey: .data)) ?? EventPayload()
      broadcast = (try? envelope.decode(EventPayload.self, forKey: .broadcast)) ?? EventPayload()
    }
  }
}
