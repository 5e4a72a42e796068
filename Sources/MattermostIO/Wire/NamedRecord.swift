import FoundationEssentials

/// Of a user or a team that an event carries: who it is, and what it is called.
struct NamedRecord: Decodable, Equatable {
  var id = ""
  var name = ""
  /// Whether it is a bot's account.
  var isBot = false

  private enum Key: String, CodingKey {
    case id, name, username
    case isBot = "is_bot"
  }

  init() {}

  /// Servers send some records as JSON, others as JSON in a string; anything else is nobody.
  init<Outer: CodingKey>(in details: KeyedDecodingContainer<Outer>, _ key: Outer) {
    let record =
      (try? details.decode(NamedRecord.self, forKey: key))
      ?? (try? JSONDecoder().decode(NamedRecord.self, from: Data(details.text(key).utf8)))
    self = record ?? NamedRecord()
  }

  init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: Key.self)
    id = record.text(.id)
    name = record.contains(.username) ? record.text(.username) : record.text(.name)
    isBot = record.flag(.isBot)
  }
}
