/// The shape of a value by the schema: the shapes of its items and entries, and the order of its keys.
///
/// The formatter walks a file's syntax beside it, without knowing how the values are read.
package struct SchemaShape: Sendable {
  private let type: SchemaType

  fileprivate init(_ type: SchemaType) { self.type = type }

  /// The shape of the items of a list, or `nil` if the value cannot be a list.
  package var item: SchemaShape? { type.element.map(SchemaShape.init) }

  /// The shape of the values of a map from names, or `nil` if the value cannot be such a map.
  package var namedValue: SchemaShape? { type.valueOfNames.map(SchemaShape.init) }

  /// The keys of a map of this shape: those of the section that has most of `names`. `nil` if it cannot be a section.
  package func keys(for names: [String]) -> SchemaKeys? {
    let known = { (section: SchemaSection) in names.count { section.key($0) != nil } }
    return type.sections.max { known($0) < known($1) }.map(SchemaKeys.init)
  }
}

/// The keys of a map, in their canonical order.
package struct SchemaKeys: Sendable {
  private let section: SchemaSection
  private let ranks: [String: Int]

  init(_ section: SchemaSection) {
    self.section = section
    ranks = section.keys.enumerated().reduce(into: [:]) { $0[$1.element.name] = $1.offset }
  }

  /// The keys of a rules file.
  package static let rulesFile = SchemaKeys(Schema.File.section)

  /// The keys of a file of tests.
  package static let testFile = SchemaKeys(Schema.TestFile.section)

  /// The keys of a file whose values are sections of their own: the rules and the tests.
  package static let sectionLists: Set<String> = [Schema.File.rules.row.name, Schema.File.tests.row.name]

  /// The position of a key among all keys, the last one for an unknown key.
  package func rank(of name: String?) -> Int { name.flatMap { ranks[$0] } ?? section.keys.count }

  /// The shape of a key's value, or `nil` if the key is unknown.
  package func shape(of name: String) -> SchemaShape? { section.key(name).map { SchemaShape($0.type) } }
}

extension SchemaType {
  fileprivate var element: SchemaType? {
    switch self {
    case .list(let type), .oneOrMany(let type): type
    case .either(let types): types.lazy.compactMap(\.element).first
    default: nil
    }
  }

  fileprivate var valueOfNames: SchemaType? {
    switch self {
    case .named(let type, _): type
    case .either(let types): types.lazy.compactMap(\.valueOfNames).first
    default: nil
    }
  }

  fileprivate var sections: [SchemaSection] {
    switch self {
    case .section(let name): Schema.sections.filter { $0.name == name }
    case .oneOrMany(let type): type.sections
    case .either(let types): types.flatMap(\.sections)
    default: []
    }
  }
}
