@testable import ConfigLoader

/// The smallest file in which a key of the language has a given value, generated from the schema for all keys.
struct SmallFile {
  let section: String
  let key: SchemaKey
  /// The value in YAML's flow style.
  let value: String

  var text: String {
    // Agents and groups are declared for the values that refer to them.
    map(Schema.File.section, and: ["agents", "groups"])
  }

  private func map(_ section: SchemaSection, and more: [String] = []) -> String {
    let isTarget = section.name == self.section
    var names = section.keys.filter(\.isRequired).map(\.name) + more
    let needed = isTarget ? [key.name] + (key.needs.map { [$0] } ?? []) : []
    names += needed
    for choice in [section.exactlyOne, section.atLeastOne] where !choice.contains(where: names.contains) {
      names += choice.prefix(1)
    }
    if !isTarget, let way = section.keys.first(where: { leads($0.type, []) }), !names.contains(way.name) {
      names.append(way.name)
    }
    let entries = section.keys.filter { names.contains($0.name) }.map { key in
      "\(key.name): \(isTarget && key.name == self.key.name ? value : smallest(key.type))"
    }
    return "{ \(entries.joined(separator: ", ")) }"
  }

  private func smallest(_ type: SchemaType) -> String {
    switch type {
    case .section(let name): Schema.sections.first { $0.name == name }.map { map($0) } ?? "{}"
    case .either(let types): smallest(types.first { leads($0, []) } ?? types[0])
    case .oneOrMany(let type): smallest(type)
    case .list(let type): "[\(smallest(type))]"
    case .named(let type, _): "{ one: \(smallest(type)) }"
    default: Self.smallest(type)
    }
  }

  /// Returns a value of a type without nested types.
  static func smallest(_ type: SchemaType) -> String {
    switch type {
    case .boolean, .isTrue: "true"
    case .integer(let range), .decimal(let range): "\(range.lowerBound)"
    case .choice(let words): words[0]
    case .name(.agent): "one"
    case .name(.command): "help"
    case .name(.rule): "none"
    case .duration: "30m"
    case .rate: "20/min"
    case .days: "mon"
    case .hours: "'08:00-18:00'"
    case .zone: "UTC"
    case .moment: "1750000000000"
    case .folder: "/"
    case .address: "'http://localhost/v1'"
    case .secret: "'${KEY:-}'"
    case .currency: "EUR"
    case .prefix: "'!'"
    case .oneOrMany(let type): smallest(type)
    default: "some"
    }
  }

  /// Returns whether a value of this type contains the section.
  private func leads(_ type: SchemaType, _ seen: Set<String>) -> Bool {
    switch type {
    case .section(let name):
      name == section
        || !seen.contains(name)
          && Schema.sections.first { $0.name == name }?.keys.contains { leads($0.type, seen.union([name])) } == true
    case .oneOrMany(let type), .list(let type), .named(let type, _): leads(type, seen)
    case .either(let types): types.contains { leads($0, seen) }
    default: false
    }
  }
}
