import ConfigLoader
import Foundation
import TestSupport

/// An independent validator: Python's `jsonschema`, called through `validate.py`.
enum Validator {
  /// Returns the error of each text by the schema that edgecrab prints, or `nil` if it is valid.
  static func problems(of texts: [String]) throws -> [String?] {
    let folder = try TemporaryFolder()
    let schema = try folder.write(RulesSchema.json, to: "schema.json")
    let input = folder.path("texts.json")
    try JSONEncoder().encode(texts).write(to: URL(filePath: input))
    let python = Process()
    // Debian's own Python, which has the packages of the set-up.
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = [
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "validate.py").path, schema, input,
      folder.path("answers.json"),
    ]
    let errors = URL(filePath: try folder.write("", to: "errors"))
    python.standardError = try FileHandle(forWritingTo: errors)
    try python.run()
    python.waitUntilExit()
    guard python.terminationStatus == 0 else {
      throw TestFailure("validate.py failed:\n\(try String(contentsOf: errors, encoding: .utf8))")
    }
    return try JSONDecoder().decode([String?].self, from: Data(contentsOf: URL(filePath: folder.path("answers.json"))))
  }
}
