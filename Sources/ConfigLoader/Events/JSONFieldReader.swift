import Core
import FoundationEssentials

/// Reads the values of a map in JSON by its known keys, and refuses all others.
struct JSONFieldReader<Key: RawRepresentable<String> & CaseIterable> {
  private let map: KeyedDecodingContainer<AnyKey>

  init(_ decoder: any Decoder) throws {
    guard let map = try? decoder.container(keyedBy: AnyKey.self) else { throw EventLineError.notAMap }
    self.map = map
  }

  func isNull(_ key: Key) -> Bool { (try? map.decodeNil(forKey: AnyKey(key))) == true }

  func text(_ key: Key) throws -> String? { try value(key, "a text") }

  func boolean(_ key: Key) throws -> Bool? { try value(key, "true or false") }

  func name(_ key: Key, _ role: NameRole) throws -> String? {
    guard let text = try text(key) else { return nil }
    guard let name = text[...].name(role) else { throw EventLineError.badName(text, role) }
    return name
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: Key) throws -> Choice? {
    guard let text = try text(key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw EventLineError.wrongValue(key.rawValue, text, allowed: Choice.allCases.map(\.rawValue))
    }
    return choice
  }

  func moment(_ key: Key) throws -> Int64? {
    if let number = try? map.decode(Int64.self, forKey: AnyKey(key)) { return number }
    guard let text: String = try value(key, "a moment: milliseconds since 1970, or a text like 2025-06-01T09:30:00Z")
    else { return nil }
    guard let moment = Moment.milliseconds(text) else { throw EventLineError.badMoment(text) }
    return moment
  }

  func value<Value: Decodable>(_ key: Key, _ expected: String) throws -> Value? {
    let key = AnyKey(key)
    guard map.contains(key) else { return nil }
    do {
      return try map.decode(Value.self, forKey: key)
    } catch let problem as EventLineError {
      throw problem
    } catch {
      throw EventLineError.wrongType(key.stringValue, expected: expected)
    }
  }

  /// Each name of a map that is none of ours is a slip, or a wish that would be passed over in silence.
  func refuseUnknown() throws {
    for key in map.allKeys where Key(rawValue: key.stringValue) == nil {
      throw EventLineError.unknownKey(key.stringValue)
    }
  }
}
