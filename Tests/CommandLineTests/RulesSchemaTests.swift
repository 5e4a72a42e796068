import Foundation
import Testing

@Suite struct RulesSchemaTests {
  @Test func `the schema is a JSON document of draft 7`() async throws {
    let ended = try await EdgecrabProcess(["rules", "schema"]).ended()
    #expect(ended.status == 0)
    let schema = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
    #expect(schema?["$schema"] as? String == "http://json-schema.org/draft-07/schema#")
  }

  @Test func `the tables of the schema are Markdown`() async throws {
    let ended = try await EdgecrabProcess(["rules", "schema", "--markdown"]).ended()
    #expect(ended.status == 0)
    #expect(ended.output.hasPrefix("## file\n\n| key | value |"))
  }
}
