import Testing
import TextMatch
import Workload

@Suite struct NameTableTests {
  @Test func `each name has its index in the list, and others have none`() {
    var random = SeededGenerator(seed: 5)
    let names = Array(Set((0..<5_000).map { _ in String(random.next() >> UInt64.random(in: 0...60, using: &random)) }))
    let table = NameTable(names)
    #expect(names.map(table.number) == Array(0..<UInt32(names.count)))
    #expect(
      ["", "x", "世界", names[0] + " ", String(names[0].dropLast())].allSatisfy {
        table.number(of: $0) == NameTable.unknown || names.contains($0)
      })
  }

  @Test func `an empty table has no name, and an empty name is one like any other`() {
    #expect(NameTable([]).number(of: "") == NameTable.unknown)
    #expect(NameTable(["a", ""]).number(of: "") == 1)
  }

  @Test func `names in lower case are found whatever the case of ASCII letters`() {
    let table = NameTable(["new", "é"])
    #expect(table.number(ofLowercasing: "NeW") == 0)
    #expect(table.number(ofLowercasing: "é") == 1)
    #expect(table.number(ofLowercasing: "É") == NameTable.unknown)
    #expect(table.number(ofLowercasing: "news"[...]) == NameTable.unknown)
  }
}
