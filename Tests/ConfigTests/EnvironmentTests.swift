import ConfigLoader
import Foundation
import TestSupport
import Testing

@testable import struct ConfigLoader.EnvironmentFile

@Suite struct EnvironmentTests {
  @Test(arguments: [
    ("A=1", ["A": "1"]), ("export A=1", ["A": "1"]), ("  export   A=1  ", ["A": "1"]), ("# A=1\n\nB=2\r\n", ["B": "2"]),
    ("A=", ["A": ""]), ("A=  ", ["A": ""]), ("A= # none", ["A": ""]), ("A=a b # c", ["A": "a b"]),
    ("A=a#b", ["A": "a#b"]),
    ("A='a \"#$x\\n'", ["A": "a \"#$x\\n"]), (#"A="a \"b\" \\ \$x\n\q""#, ["A": "a \"b\" \\ $x\n\\q"]),
    ("A='' # c", ["A": ""]), ("A=\"é\"\n_b1=x=y", ["A": "é", "_b1": "x=y"]), ("\u{FEFF}A=1", ["A": "1"]),
    ("A=it's", ["A": "it's"]), ("", [:]), ("export A='x'", ["A": "x"]),
  ])
  func `a file is lines of variables`(text: String, variables: [String: String]) {
    let file = EnvironmentFile(path: ".env", bytes: Array(text.utf8))
    #expect(file.problems.map(\.description) == [])
    #expect(file.variables == variables)
  }

  @Test(arguments: [
    ("A=1\nB", ".env:2:2: here a `=` must stand; write NAME=value"),
    ("=1", ".env:1:1: here a variable's name must stand; write NAME=value"),
    ("1A=1", ".env:1:1: here a variable's name must stand; write NAME=value"),
    ("A-B=1", ".env:1:1: here a variable's name must stand; write NAME=value"),
    ("export =1", ".env:1:8: here a variable's name must stand; write NAME=value"),
    ("A =1", ".env:1:2: no space may stand beside the `=`; write NAME=value"),
    ("A= 1", ".env:1:3: no space may stand beside the `=`; write NAME=value"),
    ("A 1", ".env:1:2: here a `=` must stand; write NAME=value"),
    ("\n  A=\"tok", ".env:2:5: this quote is never closed; close it on the same line"),
    ("A='tok'x", ".env:1:8: after the closing quote nothing but a comment may stand"),
    ("A='tok'#x", ".env:1:8: after the closing quote nothing but a comment may stand"),
    ("A=to\u{1}k", ".env:1:5: this control character cannot be part of a value; take it out"),
    ("A=1\nB=2\nA=3", ".env:3:1: A is set a second time, after line 1; keep one of them"),
  ])
  func `a bad line is told with its place and without its value`(text: String, problem: String) {
    let file = EnvironmentFile(path: ".env", bytes: Array(text.utf8))
    #expect(file.problems.map(\.description) == [problem])
    #expect(!problem.contains("tok"))
  }

  @Test func `bytes that are no text, and too many`() {
    let binary = EnvironmentFile(path: ".env", bytes: Array("A=1\nB=".utf8) + [0xFF])
    #expect(binary.problems.map(\.description) == [".env:2:3: this is not UTF-8; save the file as UTF-8"])
    let large = EnvironmentFile(path: ".env", bytes: Array(repeating: 0x41, count: 70_000))
    #expect(large.problems.map(\.description) == [".env: this file is larger than 64 KiB; is it the right one?"])
  }

  /// Issue 11, no. 16.
  @Test func `the process's own variables win, but an empty one hides none of the file`() throws {
    try withHome("A=file\nB=file\nC=file\nD=") { home in
      let environment = Environment(process: ["EDGECRAB_HOME": home, "A": "own", "B": "", "D": "own", "E": ""])
      #expect(environment.problems == [])
      #expect(environment.home == home)
      #expect(["A", "B", "C", "D", "E"].map { environment.variables[$0] } == ["own", "file", "file", "own", ""])
      #expect(environment.origin(of: "B") == "\(home)/.env" && environment.origin(of: "D") == "the environment")
    }
  }

  @Test func `the folder is below the user's home unless it is moved`() {
    #expect(Environment(process: ["HOME": "/nonexistent"]).home == "/nonexistent/.edgecrab")
    #expect(Environment(process: ["HOME": "/x", "EDGECRAB_HOME": "/nonexistent/e"]).home == "/nonexistent/e")
    #expect(
      Environment(process: ["EDGECRAB_HOME": "here/e"]).home == FileManager.default.currentDirectoryPath + "/here/e")
    #expect(
      Environment(process: [:]).problems.map(\.description) == [
        "neither EDGECRAB_HOME nor HOME is set; set EDGECRAB_HOME to edgecrab's folder"
      ])
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o620])
  func `a file that others may read or write is refused with the cure`(mode: Int) throws {
    try withHome("A=1", mode: mode) { home in
      let problems = Environment(process: ["EDGECRAB_HOME": home]).problems
      #expect(
        problems.map(\.description) == [
          "\(home)/.env: others may read this file, which holds secrets (mode \(String(mode, radix: 8))); "
            + "run `chmod 600 \(home)/.env`"
        ])
    }
  }

  @Test func `a directory is no file`() throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: home.path(".env"), withIntermediateDirectories: false)
    #expect(
      Environment(process: ["EDGECRAB_HOME": home.url.path]).problems.map(\.description) == [
        "\(home.path(".env")): this is a directory; .env must be a file"
      ])
  }

  @Test func `an environment shows nothing of itself`() {
    let environment = Environment(process: ["HOME": "/nonexistent", "MATTERMOST_TOKEN": "s3cret"])
    var dumped = ""
    dump(environment, to: &dumped)
    #expect(!"\(environment) \(String(reflecting: environment)) \(dumped)".contains("s3cret"))
  }
}

/// Runs `body` with an edgecrab folder whose `.env` holds `text`.
func withHome(_ text: String, mode: Int = 0o600, _ body: (String) throws -> Void) throws {
  let home = try TemporaryFolder()
  let file = try home.write(text, to: ".env")
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
  try body(home.url.path)
}
