public import FoundationEssentials
import RuleEngine
import Vocabulary

extension EventLine {
  /// Reads one line.
  /// - Throws: what is wrong with it; whatever the bytes are, it never does more.
  public init(json: Data, defaults: EventDefaults) throws(EventLineProblem) {
    guard json.count <= Limits.eventLineBytesMax else { throw .tooLong }
    let fields: EventLineFields
    do {
      fields = try decoder.decode(EventLineFields.self, from: json)
    } catch let problem as EventLineProblem {
      throw problem
    } catch {
      throw String(validating: json, as: UTF8.self) == nil ? .notUTF8 : .notJSON
    }
    self.init(
      fields.given.event(defaults), teamName: fields.given.teamID == nil ? nil : fields.given.team,
      isTextKept: fields.isTextKept)
  }
}

private let decoder = JSONDecoder()

/// A line's values, as far as they say anything.
private struct EventLineFields: Decodable {
  var given = GivenFacts()
  var isTextKept = true

  init(from decoder: any Decoder) throws {
    guard let map = try? decoder.container(keyedBy: AnyKey.self) else { throw EventLineProblem.notAMap }
    let fields = Reader(map: map)
    // A name beside an id is the server's own: only a name that stands alone is written by hand.
    given.userID = try fields.text(.userID)
    given.channelID = try fields.text(.channelID)
    given.teamID = try fields.text(.teamID)
    given.user = try given.userID == nil ? fields.name(.user, .user) : fields.text(.user)
    given.channel = try given.channelID == nil ? fields.name(.channel, .channel) : fields.text(.channel)
    given.team = try given.teamID == nil ? fields.name(.team, .team) : fields.text(.team)
    given.kind = try fields.choice(.kind)
    given.author = try fields.choice(.author)
    given.mention = try fields.choice(.mention)
    given.thread = try fields.choice(.thread)
    given.hasFiles = try fields.boolean(.files)
    given.isEdit = try fields.boolean(.edited)
    given.milliseconds = try fields.moment(.at)
    given.post = try fields.text(.post)
    given.root = try fields.text(.root)
    let command = try fields.text(.command)
    if fields.isNull(.text) {
      isTextKept = false
      given.body = command
    } else {
      if command != nil { throw EventLineProblem.commandBesideText }
      given.text = try fields.text(.text)
      given.body = try fields.text(.body)
    }
    try fields.refuseUnknown()
  }

  private struct Reader {
    let map: KeyedDecodingContainer<AnyKey>

    func isNull(_ key: EventLineKey) -> Bool { (try? map.decodeNil(forKey: AnyKey(key))) == true }

    func text(_ key: EventLineKey) throws -> String? { try value(key, "a text") }

    func boolean(_ key: EventLineKey) throws -> Bool? { try value(key, "true or false") }

    func name(_ key: EventLineKey, _ role: NameRole) throws -> String? {
      guard let text = try text(key) else { return nil }
      guard let name = text[...].name(role) else { throw EventLineProblem.badName(text, role) }
      return name
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: EventLineKey) throws -> Choice? {
      guard let text = try text(key) else { return nil }
      guard let choice = Choice(rawValue: text) else {
        throw EventLineProblem.wrongValue(key.rawValue, text, allowed: Choice.allCases.map(\.rawValue))
      }
      return choice
    }

    func moment(_ key: EventLineKey) throws -> Int64? {
      if let number = try? map.decode(Int64.self, forKey: AnyKey(key)) { return number }
      guard let text: String = try value(key, "a moment: milliseconds since 1970, or a text like 2025-06-01T09:30:00Z")
      else { return nil }
      guard let moment = Moment.milliseconds(text) else { throw EventLineProblem.badMoment(text) }
      return moment
    }

    private func value<Value: Decodable>(_ key: EventLineKey, _ expected: String) throws -> Value? {
      let key = AnyKey(key)
      guard map.contains(key) else { return nil }
      do {
        return try map.decode(Value.self, forKey: key)
      } catch {
        throw EventLineProblem.wrongType(key.stringValue, expected: expected)
      }
    }

    /// Each name of a map that is none of ours is a slip, or a wish that would be passed over in silence.
    func refuseUnknown() throws {
      for key in map.allKeys where EventLineKey(rawValue: key.stringValue) == nil {
        throw EventLineProblem.unknownKey(key.stringValue)
      }
    }
  }
}
