import Core

/// The language as a JSON Schema, from which editors complete, check and explain a rules file.
///
/// It is of draft 7, the one that editors know best. Whatever the loader takes is valid; what only the whole file or the
/// server can tell, like whether an agent is declared, is left to the loader.
enum JSONSchema {
  /// The document.
  static var document: JSON {
    let head: JSON = ["$schema": "http://json-schema.org/draft-07/schema#", "title": "edgecrab rules"]
    let definitions = Schema.sections.filter { $0.name != Schema.File.section.name }.map {
      JSON.Member(key: $0.definitionName, value: $0.jsonSchema)
    }
    guard case .object(let head) = head, case .object(let file) = Schema.File.section.jsonSchema else { return .null }
    return .object(head + file + [JSON.Member(key: "definitions", value: .object(definitions))])
  }
}

extension SchemaSection {
  fileprivate var definitionName: String { name.split(separator: " ").joined(separator: "-") }

  fileprivate var jsonSchema: JSON {
    let properties = keys.map { JSON.Member(key: $0.name, value: $0.jsonSchema) }
    var members: [JSON.Member] = []
    func add(_ key: String, _ value: JSON) { members.append(JSON.Member(key: key, value: value)) }
    func each(_ keys: [String]) -> JSON { .array(keys.map { ["required": [.string($0)]] }) }
    add("type", "object")
    add("additionalProperties", false)
    add("properties", .object(properties))
    let required = keys.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { add("required", .array(required)) }
    if !exactlyOne.isEmpty { add("oneOf", each(exactlyOne)) }
    if !atLeastOne.isEmpty { add("anyOf", each(atLeastOne)) }
    let dependencies = keys.compactMap { key in
      key.needs.map { JSON.Member(key: key.name, value: [.string($0)]) }
    }
    if !dependencies.isEmpty { add("dependencies", .object(dependencies)) }
    return .object(members)
  }
}

extension SchemaKey {
  fileprivate var jsonSchema: JSON {
    let without = otherwise.map { " Without it: \($0)." } ?? ""
    let head: JSON = ["description": .string(doc + without)]
    guard case .object(let members) = type.jsonSchema else { return head }
    // Beside a `$ref`, draft 7 hears nothing else.
    let isReference = members.contains { $0.key == "$ref" }
    let body = isReference ? [JSON.Member(key: "allOf", value: [.object(members)])] : members
    let fallback = fallback.map { [JSON.Member(key: "default", value: $0)] } ?? []
    guard case .object(let description) = head else { return head }
    return .object(description + body + fallback)
  }
}

extension SchemaSection {
  /// How another part of the schema refers to the section of a name.
  fileprivate static func reference(to name: String) -> JSON {
    let name = Schema.sections.first { $0.name == name }?.definitionName ?? name
    return ["$ref": .string("#/definitions/\(name)")]
  }
}

extension SchemaType {
  fileprivate var jsonSchema: JSON {
    switch self {
    case .section(let name): SchemaSection.reference(to: name)
    case .either(let types): ["anyOf": .array(types.map(\.jsonSchema))]
    case .oneOrMany(let type):
      ["anyOf": [type.jsonSchema, ["type": "array", "minItems": 1, "items": type.jsonSchema]]]
    case .list(let type): ["type": "array", "items": type.jsonSchema]
    case .named(let type, let names):
      [
        "type": "object", "propertyNames": ["pattern": .string(names.pattern)],
        "additionalProperties": type.jsonSchema,
      ]
    case .body:
      ["type": "object", "propertyNames": ["not": ["enum": .array(OwnBodyKeys.all.map { .string($0) })]]]
    case .message: ["type": ["string", "number", "boolean"]]
    case .boolean: Self.orVariable(["type": "boolean"])
    case .isTrue: Self.orVariable(["enum": [true]])
    case .integer(let range) where range.count == 1: Self.orVariable(["enum": [.int(range.lowerBound)]])
    case .integer(let range):
      Self.orVariable(["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)])
    case .decimal(let range):
      Self.orVariable(["type": "number", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)])
    case .choice(let words): Self.orVariable(["enum": .array(words.map { .string($0) })])
    case .name(.command): ["type": "string", "pattern": .string(pattern)]
    case .moment: ["type": ["string", "integer"], "pattern": .string(pattern)]
    case .secret: ["type": "string", "pattern": .string(pattern)]
    case .text, .template, .expression, .name, .names:
      // YAML makes numbers of some texts without quotes; the loader takes them as they are written.
      ["type": ["string", "number"], "pattern": .string(pattern)]
    case .duration, .rate, .size, .mediaRange, .days, .hours, .zone, .address, .folder, .currency, .prefix:
      ["type": "string", "pattern": .string(pattern)]
    }
  }

  /// A value that may also come out of a variable, which an editor does not see.
  private static func orVariable(_ schema: JSON) -> JSON {
    ["anyOf": [schema, ["type": "string", "pattern": .string(variable)]]]
  }
}
