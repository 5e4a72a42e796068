import ConfigLoader
import Foundation
import TestSupport
import Testing

/// Changes of `.env` that keep what else is in it.
@Suite struct EnvironmentEditTests {
  private let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  private func edit(_ text: String?, _ values: [(String, String)]) throws -> (text: String, changed: [String]) {
    if let text { _ = try home.write(text, to: ".env") }
    let edit = try EnvironmentEdit(in: Environment(process: ["EDGECRAB_HOME": home.url.path]))
      .setting(values.map { (name: $0, value: $1) })
    #expect(edit.isNew == (text == nil))
    return (String(decoding: edit.bytes, as: UTF8.self), edit.changed)
  }

  @Test(arguments: [
    ("A=1\n# mine\nB=2\n", "A=9\n# mine\nB=2\n"),
    ("  export A='x y' # why\r\nB=2\r\n", "  export A=9 # why\r\nB=2\r\n"),
    ("B=2", "B=2\nA=9\n"), ("A=# none", "A=9 # none"), ("A=\"a # b\"", "A=9"), ("# A=1\n", "# A=1\nA=9\n"),
    ("A=a#b\t# c\n", "A=9\t# c\n"), ("\u{FEFF}A=1\n", "\u{FEFF}A=9\n"),
  ])
  func `a value is replaced in its line, or added`(old: String, new: String) throws {
    #expect(try edit(old, [("A", "9")]).text == new)
  }

  @Test func `values that are set already are no change`() throws {
    let (text, changed) = try edit("A='1'\nB=2\n", [("A", "1"), ("B", "3"), ("C", "4")])
    #expect(text == "A='1'\nB=3\nC=4\n")
    #expect(changed == ["B", "C"])
  }

  @Test(arguments: [
    "plain-09_./:@%+,=", "with space", "#hash", "it's", "\"quoted\"", "a'b\"c\\d$e`f", "$HOME", "", "a#b",
  ])
  func `every value is read again, by edgecrab and by a shell`(value: String) throws {
    let text = try edit(nil, [("A", value)]).text
    let path = try home.write(text, to: ".env")
    #expect(Environment(process: ["EDGECRAB_HOME": home.url.path]).variables["A"] == value)
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", ". \(path); printf %s \"$A\""]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()
    #expect(String(decoding: said, as: UTF8.self) == value)
  }
}
