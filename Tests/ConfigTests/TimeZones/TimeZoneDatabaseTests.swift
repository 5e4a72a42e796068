import Foundation
import RuleEngine
import TestSupport
import Testing

@testable import ConfigLoader

@Suite struct TimeZoneDatabaseTests {
  @Test(arguments: [
    "../../etc/passwd", "/etc/passwd", "Europe/../Europe/Berlin", "Europe//Berlin", "./UTC", "Europe/Berlin/", "Europe",
    "posixrules", "Factory", "localtime", "leapseconds", "zone.tab", "tzdata.zi", "right/Europe/Berlin",
    "posix/Europe/Berlin", "europe/berlin", "Europe/Bérlin", "Europe/Berlin\0", "a/b/c/d", "",
    String(repeating: "A", count: 70_000), "GMT+5",
  ])
  func `a malformed or unknown name is not a zone`(name: String) {
    var zones = TimeZoneDatabase(environment: [:])
    #expect(throws: TimeZoneError.unknown) { try zones.table(name) }
  }

  @Test(arguments: ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "GB", "Japan", "CET", "Etc/UTC"])
  func `a name of the database has its zone`(name: String) throws {
    var zones = TimeZoneDatabase(environment: [:])
    #expect(try zones.table(name).name == name)
    #expect(zones.names.contains(name))
  }

  @Test func `the list of names contains only zones`() {
    var zones = TimeZoneDatabase(environment: [:])
    let names = zones.names
    #expect(names == names.sorted() && Set(names).count == names.count)
    #expect(names.contains("UTC"))
    for name in ["posixrules", "Factory", "localtime", "right/UTC", "posix/UTC", "zone.tab", "leapseconds"] {
      #expect(!names.contains(name))
    }
  }

  @Test func `without a database only UTC is known`() throws {
    for variable in ["/nonexistent", try TemporaryFolder().url.path] {
      var zones = TimeZoneDatabase(environment: ["TZDIR": variable])
      #expect(try zones.table("UTC") == .utc)
      #expect(throws: TimeZoneError.noDatabase(variable)) { try zones.table("Europe/Berlin") }
    }
  }

  @Test func `a file that is not a zone is an error with its path`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("a text", to: "Text")
    _ = try folder.write("TZif" + String(repeating: "2", count: 70_000), to: "Large")
    #expect(mkfifo(folder.path("Pipe"), 0o600) == 0)
    var zones = TimeZoneDatabase(environment: ["TZDIR": folder.url.path])
    for (name, reason) in [
      ("Text", "not a compiled zone"), ("Large", "larger than any zone"), ("Pipe", "not a regular file"),
    ] {
      #expect(throws: TimeZoneError.unreadable(folder.path(name), reason)) { try zones.table(name) }
    }
    var counting = TimeZoneDatabase(environment: ["TZDIR": "/usr/share/zoneinfo/right"])
    #expect(throws: TimeZoneError.self) { try counting.table("Europe/Berlin") }
  }

  @Test(arguments: [
    ("Europe/Berlin", "Europe/Berlin"), (":Europe/Berlin", "Europe/Berlin"), ("", "UTC"), (":", "UTC"), ("UTC", "UTC"),
    ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"), (":/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo"),
  ])
  func `the machine's zone is that of TZ`(variable: String, name: String) throws {
    var zones = TimeZoneDatabase(environment: ["TZ": variable], localTime: "/nonexistent")
    #expect(try zones.ofMachine().name == name)
  }

  @Test(arguments: [
    "Nowhere", "CET-1CEST,M3.5.0,M10.5.0", "../../etc/passwd", "right/UTC", "/etc/passwd", "/nonexistent",
  ])
  func `a TZ that is not a zone is an error, not UTC`(variable: String) {
    var zones = TimeZoneDatabase(environment: ["TZ": variable])
    #expect(throws: TimeZoneError.self) { try zones.ofMachine() }
  }

  @Test func `without TZ, the machine's zone is that of the file of local time, a link or a copy`() throws {
    let folder = try TemporaryFolder()
    func name(_ file: String) throws -> String {
      var zones = TimeZoneDatabase(environment: [:], localTime: folder.path(file))
      return try zones.ofMachine().name
    }
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "/usr/share/zoneinfo/Europe/Berlin")
    try files.createSymbolicLink(atPath: folder.path("second"), withDestinationPath: folder.path("link"))
    try files.copyItem(atPath: "/usr/share/zoneinfo/Australia/Lord_Howe", toPath: folder.path("copy"))
    #expect(try name("link") == "Europe/Berlin")
    #expect(try name("second") == "Europe/Berlin")
    #expect(try ["Australia/LHI", "Australia/Lord_Howe"].contains(name("copy")))
    #expect(try name("none") == "UTC")
    _ = try folder.write("no zone", to: "other")
    #expect(throws: TimeZoneError.self) { try name("other") }
  }

  @Test func `a time without a zone is an error if the machine's zone is unknown`() {
    let text = "version: 1\nrules:\n  - { name: a, when: { time: { days: mon } }, ignore: true }\n"
    let loaded = RulesFile.load(text: text, file: "rules.yaml", environment: ["TZ": "Nowhere"], now: now)
    #expect(
      loaded.diagnostics.map(\.message) == [
        "the machine's time zone cannot be used: TZ is `Nowhere`, which is not a time zone"
      ])
  }
}
