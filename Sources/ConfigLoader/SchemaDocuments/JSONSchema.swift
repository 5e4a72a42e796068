import Core

/// The rules language as a JSON Schema, for completion and validation in editors.
///
/// Draft 7 has the best support in editors. Every file that the loader accepts is valid; checks that need the whole
/// file or the server, like that of declared agents, are left to the loader.
private enum JSONSchema {
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
    // Draft 7 ignores everything next to a `$ref`.
    let isReference = members.contains { $0.key == "$ref" }
    let body = isReference ? [JSON.Member(key: "allOf", value: [.object(members)])] : members
    let fallback = fallback.map { [JSON.Member(key: "default", value: $0)] } ?? []
    guard case .object(let description) = head else { return head }
    return .object(description + body + fallback)
  }
}

extension SchemaSection {
  /// Returns the reference to a section.
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
      // YAML reads some texts without quotes as numbers; the loader accepts them as text.
      ["type": ["string", "number"], "pattern": .string(pattern)]
    case .duration, .rate, .size, .mediaRange, .days, .hours, .zone, .address, .folder, .currency, .prefix:
      ["type": "string", "pattern": .string(pattern)]
    }
  }

  /// Allows a variable instead of the value, since an editor cannot expand it.
  private static func orVariable(_ schema: JSON) -> JSON {
    ["anyOf": [schema, ["type": "string", "pattern": .string(variable)]]]
  }
}

/// The schema of the rules language for editors and for the reference, generated from the loader's keys.
package enum RulesSchema {
  /// A JSON Schema of draft 7.
  package static var json: String { JSONSchema.document.lines }

  /// The tables of keys, in Markdown.
  package static var markdown: String { SchemaReference.markdown }
}

extension SchemaType {
  /// A regular expression (ECMA 262) that every text of this type matches. It may match others, which the
  /// loader rejects.
  var pattern: String {
    switch self {
    case .duration: Self.patternOrVariable(#"[0-9]+[smhd]"#)
    case .rate: Self.patternOrVariable(#"[0-9]+/(s|sec|min|h|hour|day)"#)
    case .size: Self.patternOrVariable(#"[0-9]+[KMG]B"#)
    case .mediaRange: Self.patternOrVariable(#"(\*/\*|[A-Za-z0-9!#$&^_.+-]+/(\*|[A-Za-z0-9!#$&^_.+-]+))"#)
    case .days: Self.patternOrVariable(#"\#(Self.day)(-\#(Self.day))?"#)
    case .hours: Self.patternOrVariable(#"\#(Self.time)-\#(Self.time)"#)
    case .zone: Self.patternOrVariable(#"[A-Za-z0-9_+:/-]+"#)
    case .moment: Self.patternOrVariable(#"[+-]?[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}.*"#)
    case .address: Self.patternOrVariable(#"[Hh][Tt][Tt][Pp][Ss]?://.+"#)
    case .folder: Self.patternOrVariable(#"[~/].*"#)
    case .currency: Self.patternOrVariable("[A-Z]{3}")
    case .prefix: Self.patternOrVariable(##"[!"#$%&'()*+,\-./:;<=>?\[\\\]^_{|}~]"##)
    case .secret: #"^\$\{[A-Za-z_][A-Za-z0-9_]*(:-)?\}$"#
    case .name(.command): Self.patternOrVariable(DeclaredName.command.inner)
    case .name(.agent): Self.patternOrVariable(DeclaredName.plain.inner)
    case .name(.user): Self.patternOrVariable("@?\(Self.onServer)")
    case .name(.channel), .name(.team): Self.patternOrVariable("~?\(Self.onServer)")
    case .names(.user, let groups): Self.patternOrVariable(Self.list(of: Self.each("@", groups: groups)))
    case .names(_, let groups): Self.patternOrVariable(Self.each("~", groups: groups))
    default: Self.something
    }
  }

  /// Matches a variable in a text: `$${` is not one.
  static let variable = #"(^|[^$])\$\{"#

  /// A text that is not blank. It is wider than the loader's definition, since engines differ about white space.
  private static let something = #"[^ \t\r\n]"#
  private static let day =
    "([Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][Uu]|[Ff][Rr][Ii]|[Ss][Aa][Tt]|[Ss][Uu][Nn])"
  private static let time = "([01]?[0-9]|2[0-4]):[0-5][0-9]"
  private static let onServer = "[A-Za-z0-9._:-]+"

  /// A name after its sign, everyone, or a group.
  private static func each(_ sign: String, groups: Bool) -> String {
    #"\*|\#(sign)?(?!group:)\#(onServer)"# + (groups ? "|group:\(DeclaredName.plain.inner)" : "")
  }

  /// People in one text, between commas and white space.
  private static func list(of name: String) -> String { #"[,\s\u0085]*((\#(name))([,\s\u0085]+|$))+"# }

  /// The whole text, or one with a variable, whose value is not known here.
  private static func patternOrVariable(_ pattern: String) -> String { "^(\(pattern))$|\(variable)" }
}

extension DeclaredName {
  /// A regular expression for the whole of a name.
  var pattern: String { "^\(inner)$" }

  /// The same without anchors. All non-ASCII characters match: ECMA 262 recognises letters only with a flag that
  /// schemas do not set.
  fileprivate var inner: String {
    switch self {
    case .plain: #"[^\u0000-,/:-@\[-^`{-\u007F]+"#
    case .command: "[a-z][a-z0-9_-]*"
    }
  }
}
