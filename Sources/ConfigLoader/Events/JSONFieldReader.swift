import Core
import FoundationEssentials
import RuleEngine

/// Reads the values of a JSON object by its known keys, and rejects all others.
struct JSONFieldReader<FieldKey: RawRepresentable<String> & CaseIterable> {
  private let map: KeyedDecodingContainer<AnyKey>

  init(_ decoder: any Decoder) throws {
    guard let map = try? decoder.container(keyedBy: AnyKey.self) else { throw EventLineError.notAMap }
    self.map = map
  }

  func isNull(_ key: FieldKey) -> Bool { (try? map.decodeNil(forKey: AnyKey(key))) == true }

  func text(_ key: FieldKey) throws -> String? { try value(key, "a text") }

  func boolean(_ key: FieldKey) throws -> Bool? { try value(key, "true or false") }

  func name(_ key: FieldKey, _ role: NameRole) throws -> String? {
    guard let text = try text(key) else { return nil }
    guard let name = text[...].name(role) else { throw EventLineError.badName(text, role) }
    return name
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: FieldKey) throws -> Choice? {
    guard let text = try text(key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw EventLineError.wrongValue(key.rawValue, text, allowed: Choice.allCases.map(\.rawValue))
    }
    return choice
  }

  /// Returns the value of a fact.
  func value(of domain: FactDomain, _ key: FieldKey) throws -> String? {
    if domain.isFlag { return try boolean(key).map { "\($0)" } }
    guard let text = try text(key) else { return nil }
    guard domain.index(of: text) != nil else {
      throw EventLineError.wrongValue(key.rawValue, text, allowed: domain.values.map(\.word))
    }
    return text
  }

  func moment(_ key: FieldKey) throws -> Int64? {
    if let number = try? map.decode(Int64.self, forKey: AnyKey(key)) { return number }
    guard
      let text: String = try value(key, "a date and time: milliseconds since 1970, or a text like 2025-06-01T09:30:00Z")
    else { return nil }
    guard let moment = Moment.milliseconds(text) else { throw EventLineError.badMoment(text) }
    return moment
  }

  func value<Value: Decodable>(_ key: FieldKey, _ expected: String) throws -> Value? {
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

  /// - Throws: `EventLineError.unknownKey` if the map has any other key.
  func refuseUnknown() throws {
    for key in map.allKeys where FieldKey(rawValue: key.stringValue) == nil {
      throw EventLineError.unknownKey(key.stringValue)
    }
  }
}

/// Values as JSON, a line each.
package enum JSONLine {
  /// The value, its keys sorted. Only for values whose encoding cannot fail: texts, numbers below 2^63, lists and maps.
  package static func text(_ value: some Encodable) -> String {
    (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()
}
