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
  func `a file has a variable a line`(text: String, variables: [String: String]) {
    let file = EnvironmentFile(path: ".env", bytes: Array(text.utf8))
    #expect(file.problems.map(\.description) == [])
    #expect(file.variables == variables)
  }

  @Test(arguments: [
    ("A=1\nB", ".env:2:2: a `=` is missing here; write NAME=value"),
    ("=1", ".env:1:1: a variable's name is missing here; write NAME=value"),
    ("1A=1", ".env:1:1: a variable's name is missing here; write NAME=value"),
    ("A-B=1", ".env:1:1: a variable's name is missing here; write NAME=value"),
    ("export =1", ".env:1:8: a variable's name is missing here; write NAME=value"),
    ("A =1", ".env:1:2: there is a space next to the `=`; write NAME=value"),
    ("A= 1", ".env:1:3: there is a space next to the `=`; write NAME=value"),
    ("A 1", ".env:1:2: a `=` is missing here; write NAME=value"),
    ("\n  A=\"tok", ".env:2:5: this quote is not closed; close it on the same line"),
    ("A='tok'x", ".env:1:8: this text follows the closing quote; only a comment may follow it"),
    ("A='tok'#x", ".env:1:8: this text follows the closing quote; only a comment may follow it"),
    ("A=to\u{1}k", ".env:1:5: this control character cannot be part of a value; remove it"),
    ("A=1\nB=2\nA=3", ".env:3:1: A is set a second time, after line 1; keep one of them"),
  ])
  func `an error has its location and does not show the value`(text: String, problem: String) {
    let file = EnvironmentFile(path: ".env", bytes: Array(text.utf8))
    #expect(file.problems.map(\.description) == [problem])
    #expect(!problem.contains("tok"))
  }

  @Test func `invalid UTF-8 and a file that is too large are errors`() {
    let binary = EnvironmentFile(path: ".env", bytes: Array("A=1\nB=".utf8) + [0xFF])
    #expect(binary.problems.map(\.description) == [".env:2:3: this is not UTF-8; save the file as UTF-8"])
    let large = EnvironmentFile(path: ".env", bytes: Array(repeating: 0x41, count: 70_000))
    #expect(
      large.problems.map(\.description) == [".env: this file is larger than 64 KiB; check that it is the right file"])
  }

  @Test func `variables of the process take precedence unless they are empty`() throws {
    try withHome("A=file\nB=file\nC=file\nD=") { home in
      let environment = Environment(process: ["EDGECRAB_HOME": home, "A": "own", "B": "", "D": "own", "E": ""])
      #expect(environment.problems == [])
      #expect(environment.home == home)
      #expect(["A", "B", "C", "D", "E"].map { environment.variables[$0] } == ["own", "file", "file", "own", ""])
      #expect(environment.origin(of: "B") == "\(home)/.env" && environment.origin(of: "D") == "the environment")
    }
  }

  @Test func `EDGECRAB_HOME overrides the folder in the user's home`() {
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
  func `a file that others may read or write is a problem with its remedy`(mode: Int) throws {
    try withHome("A=1", mode: mode) { home in
      let problems = Environment(process: ["EDGECRAB_HOME": home]).problems
      #expect(
        problems.map(\.description) == [
          "\(home)/.env: other users can read this file, which contains secrets (mode \(String(mode, radix: 8))); "
            + "run `chmod 600 \(home)/.env`"
        ])
    }
  }

  @Test func `a directory instead of the file is a problem`() throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: home.path(".env"), withIntermediateDirectories: false)
    #expect(
      Environment(process: ["EDGECRAB_HOME": home.url.path]).problems.map(\.description) == [
        "\(home.path(".env")): this is a directory; .env must be a file"
      ])
  }

  @Test func `an environment does not show its values`() {
    let environment = Environment(process: ["HOME": "/nonexistent", "MATTERMOST_TOKEN": "s3cret"])
    var dumped = ""
    dump(environment, to: &dumped)
    #expect(!"\(environment) \(String(reflecting: environment)) \(dumped)".contains("s3cret"))
  }
}

/// Runs `body` with an edgecrab folder whose `.env` has the content `text`.
func withHome(_ text: String, mode: Int = 0o600, _ body: (String) throws -> Void) throws {
  let home = try TemporaryFolder()
  let file = try home.write(text, to: ".env")
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
  try body(home.url.path)
}
