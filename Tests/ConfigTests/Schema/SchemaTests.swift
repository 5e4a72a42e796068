import Foundation
import Testing

@testable import ConfigLoader

@Suite struct SchemaTests {
  @Test func `every section that a key refers to is listed`() {
    let names = Set(Schema.sections.map(\.name))
    #expect(names.count == Schema.sections.count)
    for section in Schema.sections {
      for key in section.keys {
        for name in sections(of: key.type) { #expect(names.contains(name), "\(section.name).\(key.name)") }
      }
    }
  }

  @Test func `every key of a section has a unique name and a sentence`() {
    for section in Schema.sections {
      #expect(Set(section.keys.map(\.name)).count == section.keys.count)
      for key in section.keys {
        #expect(key.doc.hasSuffix(".") && key.doc.first?.isLowercase == false, "\(section.name).\(key.name)")
      }
      for name in section.exactlyOne + section.atLeastOne { #expect(section.key(name) != nil) }
    }
  }

  @Test func `the reference names every key and every choice`() throws {
    let file = URL(filePath: #filePath).appending(path: "../../../../docs/rules.md").standardizedFileURL
    let reference = try String(contentsOf: file, encoding: .utf8)
    for section in Schema.sections {
      for key in section.keys {
        #expect(reference.contains("`\(key.name)`"), "\(section.name).\(key.name)")
        for word in key.type.words { #expect(reference.contains("`\(word)`"), "\(key.name): \(word)") }
      }
    }
    for code in DiagnosticCode.allCases { #expect(reference.contains(code.rawValue), "\(code)") }
  }

  private func sections(of type: SchemaType) -> [String] {
    switch type {
    case .section(let name): [name]
    case .oneOrMany(let type), .list(let type), .named(let type, _): sections(of: type)
    case .either(let types): types.flatMap(sections)
    default: []
    }
  }
}
