import Foundation
import RuleEngine
import TestSupport
import Testing

@testable import ConfigLoader

/// Checks the local time of zones, and of rules in every form, at any time from 1970 to 2100.
@Suite struct TZifFileTests {
  /// Rules in every form, with times before and after their day, and some that no zone has.
  private static let rules = [
    "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "IST-1GMT0,M10.5.0,M3.5.0/1",
    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "EET-2EEST,M3.4.4/50,M10.4.4/50", "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
    "AAA-3:20:10BBB,J60/0,J300", "AAA3BBB,J59/24:00:01,J365/3", "AAA8BBB7:30,59,299/1", "AAA+8BBB,0/12,200/-30",
    "AAA-1BBB,M2.1.1/-100,M11.5.6/20", "AAA4BBB,M2.5.0/167,M6.1.3/-167",
  ]

  @Test func `the offsets equal those of an independent reader, for every zone of the machine and every form of rule`()
    throws
  {
    var zones = TimeZoneDatabase(environment: [:])
    let names = zones.names
    #expect(names.count > 400)
    let asked = names + Self.rules
    let known = try Self.python(asked).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(known.map(\.first) == asked)
    for line in known {
      let name = line[0]
      let table = try name.contains(",") ? Self.table(rule: name) : zones.table(name)
      let within = table.changes.filter { $0.at > 0 && $0.at < 4_133_980_800 }
      let at1970: Int = table.changes.last(where: { $0.at <= 0 })?.offset ?? 0
      let mine = ["\(at1970)"] + within.map { "\($0.at):\($0.offset)" }
      #expect(mine == Array(line.dropFirst()), "\(name)")
    }
  }

  @Test(arguments: [
    "", "X", "AB3", "CET", "CET-", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M3.6.0,M10.5.0",
    "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1", "CET-1CEST,J366,J1", "CET-1CEST,366,1",
    "CET-25", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0/1:60,M10.5.0", "<CET-1", "<A>1", "CET-1 ", "CET-1\n",
    "CET-1CEST,M3.5.0,M10.5.0,", "CET-99999999999999999999", "CET--1", "CÉT-1", "CET-1CEST,,",
  ])
  func `a text that is not a rule is refused`(text: String) { #expect(POSIXTimeZoneRule(Array(text.utf8)[...]) == nil) }

  @Test func `a zone has its first offset before the first change, and its last offset after the last`() throws {
    let changes = try TZifFile(compiled(times: [100, 200], types: [1, 0], offsets: [0, 3_600], footer: "")).changes
    #expect(changes.map(\.at) == [.min, 100, 200])
    #expect(changes.map(\.offset) == [0, 3_600, 0])
    let ruled = try TZifFile(compiled(times: [], types: [], offsets: [0], footer: "<+05>-5")).changes
    #expect(ruled == [TimeZoneTable.Change(at: .min, offset: 18_000)])
  }

  @Test func `the rule applies only after the last known change`() throws {
    let last: Int64 = 1_700_000_000
    let changes = try TZifFile(
      compiled(times: [last], types: [0], offsets: [3_600], footer: "CET-1CEST,M3.5.0,M10.5.0/3")
    ).changes
    #expect(changes.dropFirst().allSatisfy { $0.at > last })
    #expect(changes.last?.at == 4_128_627_600)
  }

  /// RFC 9636, section 3.3.1, has zones with daylight saving time all year: their changes cancel each other.
  @Test func `daylight saving time can last all year, and changes can fall in the adjacent years`() throws {
    let always = try Self.table(rule: "EST5EDT,0/0,J365/25").changes
    #expect(always.map(\.offset) == [-18_000, -14_400, -18_000])
    #expect(always[1].at < 0 && always[2].at > 4_133_000_000)
    // From 100 hours before the first Monday of January, which in 1971 is 30 December 1970.
    let early = try Self.table(rule: "AAA-1BBB,M1.1.1/-100,M12.5.6/20").changes
    #expect(early.contains(TimeZoneTable.Change(at: 31_431_600, offset: 7_200)))
    #expect(zip(early, early.dropFirst()).allSatisfy { $0.at < $1.at })
  }

  /// Malformed files of zones.
  @Test(
    arguments: [
      ([], .notCompiled), (Array("root:x:0:0".utf8), .notCompiled), (Array("TZif2".utf8), .malformed),
      (compiled(version: 0), .version1), (compiled(leapSeconds: 1), .leapSeconds),
      (compiled(times: [2, 1], types: [0, 0]), .malformed), (compiled(times: [1, 1], types: [0, 0]), .malformed),
      (compiled(times: [1], types: [1]), .malformed), (compiled(offsets: []), .malformed),
      (compiled(offsets: [Int32.max]), .malformed), (compiled(offsets: [-90_000]), .malformed),
      (compiled(footer: "nonsense"), .malformed), (compiled(footer: nil), .malformed),
      (compiled(count: 0xFFFF_FFFF), .malformed), (compiled(count: 0x7FFF_FFFF), .malformed),
    ] as [([UInt8], TZifFile.Problem)])
  func `bytes that are no good zone are refused with the reason`(bytes: [UInt8], problem: TZifFile.Problem) {
    #expect(throws: problem) { try TZifFile(bytes) }
  }

  @Test func `a truncated zone is an error`() throws {
    let bytes = try Array(Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Africa/Casablanca")))
    for length in 0..<bytes.count { #expect(throws: TZifFile.Problem.self) { try TZifFile(Array(bytes[..<length])) } }
  }

  private static func table(rule: String) throws -> TimeZoneTable {
    TimeZoneTable(name: rule, changes: try TZifFile(compiled(footer: rule)).changes)
  }

  /// Returns the output of `offsets.py`.
  private static func python(_ zones: [String]) throws -> String {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [URL(filePath: #filePath).deletingLastPathComponent().appending(path: "offsets.py").path]
    process.standardInput = try FileHandle(
      forReadingFrom: URL(filePath: folder.write(zones.joined(separator: "\n"), to: "zones")))
    let output = folder.url.appending(path: "output")
    try Data().write(to: output)
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    return String(decoding: try Data(contentsOf: output), as: UTF8.self)
  }
}

/// The bytes of a compiled zone.
///
/// - Parameters:
///   - count: the number of changes in the header; `nil` is the actual one.
///   - footer: the rule; `nil` omits its lines.
private func compiled(
  version: UInt8 = UInt8(ascii: "2"), leapSeconds: Int = 0, count: UInt32? = nil, times: [Int64] = [],
  types: [UInt8] = [], offsets: [Int32] = [0], footer: String? = "UTC0"
) -> [UInt8] {
  func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
  func head(_ counts: [UInt32]) -> [UInt8] {
    Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts.flatMap { big($0) }
  }
  let names = Array("XXX\0".utf8)
  var bytes = head([0, 0, 0, 0, 1, 4]) + [UInt8](repeating: 0, count: 6) + names
  bytes += head([0, 0, UInt32(leapSeconds), count ?? UInt32(times.count), UInt32(offsets.count), 4])
  bytes += times.flatMap { big($0) } + types + offsets.flatMap { big($0) + [0, 0] } + names
  bytes += [UInt8](repeating: 0, count: leapSeconds * 12)
  if let footer { bytes += Array("\n\(footer)\n".utf8) }
  return bytes
}
