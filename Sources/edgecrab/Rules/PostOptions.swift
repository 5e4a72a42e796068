import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import RuleEngine

/// A post described by options, which are the keys of a test's `given`.
///
/// The options are made from the table of fields, so that a new field is an option without a change here.
/// ArgumentParser finds the options of a type by reflection; this type therefore describes itself by a custom mirror.
struct PostOptions: ParsableArguments, CustomReflectable {
  private var members: [JSON.Member] = []

  init() {}

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Name.self)
    for option in PostOption.all {
      let name = Name(stringValue: option.name)
      if option.isFlag {
        guard try values.decode(Flag<Bool>.self, forKey: name).wrappedValue else { continue }
        members.append(JSON.Member(key: option.name, value: true))
      } else if let text = try values.decode(Option<String?>.self, forKey: name).wrappedValue {
        members.append(JSON.Member(key: option.name, value: .string(text)))
      }
    }
  }

  var customMirror: Mirror {
    let children = PostOption.all.map { option -> Mirror.Child in
      let help = ArgumentHelp(stringLiteral: option.help)
      return (option.name, option.isFlag ? Flag(wrappedValue: false, help: help) : Option<String?>(help: help))
    }
    return Mirror(self, children: children)
  }

  /// Indicates whether any option was given.
  var isGiven: Bool { !members.isEmpty }

  /// Returns the event, parsed as a line of an event file.
  func event(_ defaults: EventDefaults) throws(EventLineError) -> Event {
    try EventLine(json: Data(JSON.object(members).text.utf8), defaults: defaults).event
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// An option of `PostOptions`.
private struct PostOption {
  let name: String
  let help: String
  let isFlag: Bool

  static let all: [PostOption] =
    Field.given.map(PostOption.init) + [
      PostOption(
        name: "at", help: "When it was written: 2025-06-01T09:30:00Z, or milliseconds since 1970.", isFlag: false)
    ]

  private init(name: String, help: String, isFlag: Bool) {
    self.name = name
    self.help = help
    self.isFlag = isFlag
  }

  private init(_ field: Field) {
    name = field.key.rawValue
    isFlag = field.domain?.isFlag ?? false
    var help = field.given?.summary ?? ""
    if !isFlag {
      if let values = field.domain?.values { help += " Values: \(values.map(\.word).joined(separator: ", "))." }
      if case .string(let value)? = field.given?.fallback, !value.isEmpty { help += " Default: \(value)." }
      if let otherwise = field.given?.otherwise { help += " Default: \(otherwise)." }
    }
    self.help = help
  }
}

/// The bot's user name, for `--bot`.
struct BotNameArgument: ExpressibleByArgument {
  let name: String

  init?(argument: String) {
    guard let name = AssumedBot.name(argument) else { return nil }
    self.name = name
  }
}
