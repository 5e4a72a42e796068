/// Finds likely secrets in a line by the names of its keys, also in a file that does not parse and under a misspelt
/// key.
enum SecretScanner {
  /// Returns the values of keys like `api_key` and `token`, and the user information of addresses.
  static func ranges(in letters: [Unicode.Scalar]) -> [Range<Int>] {
    var found = userInfo(in: letters)
    var index = 0
    while let colon = letters[index...].firstIndex(of: ":") {
      index = colon + 1
      guard isSecret(keyBefore: colon, in: letters) else { continue }
      let value = value(after: colon, in: letters)
      found.append(value)
      index = max(index, value.upperBound)
    }
    return found
  }

  /// Returns the text between the `://` and the `@` of each address.
  private static func userInfo(in letters: [Unicode.Scalar]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var index = 0
    while let colon = letters[index...].firstIndex(of: ":") {
      index = colon + 1
      guard letters[index...].starts(with: "//".unicodeScalars) else { continue }
      let start = colon + 3
      let end = letters[start...].firstIndex { $0.properties.isWhitespace || $0 == "\"" || $0 == "'" } ?? letters.count
      if let at = letters[start..<end].lastIndex(of: "@") { found.append(start..<at) }
      index = end
    }
    return found
  }

  /// Returns whether a text may contain an address with a user name or a password, like `https://user:password@host`.
  static func containsUserInfo(_ text: String) -> Bool {
    text.firstRange(of: "://").map { text[$0.upperBound...].contains("@") } ?? false
  }

  private static let keyLettersMax = 64

  private static func isSecret(keyBefore colon: Int, in letters: [Unicode.Scalar]) -> Bool {
    let isPart = { (letter: Unicode.Scalar) in
      letter.properties.isAlphabetic || "0123456789_-.\"' ".unicodeScalars.contains(letter)
    }
    let before = letters[..<colon].suffix(keyLettersMax)
    let start = before.lastIndex { !isPart($0) }.map { $0 + 1 } ?? before.startIndex
    var key = String.UnicodeScalarView()
    key.append(contentsOf: letters[start..<colon].filter(\.properties.isAlphabetic))
    return isSecret(key: String(key))
  }

  /// Returns whether the value of a key or a header of this name may be a secret.
  static func isSecret(key: String) -> Bool {
    let name = key.lowercased().filter { $0 != "_" && $0 != "-" }
    return ["apikey", "token", "secret", "password", "authorization", "cookie"].contains { name.contains($0) }
  }

  private static func value(after colon: Int, in letters: [Unicode.Scalar]) -> Range<Int> {
    guard let start = letters[(colon + 1)...].firstIndex(where: { $0 != " " && $0 != "\t" }) else {
      return letters.count..<letters.count
    }
    let quote = letters[start]
    let opening = quote == "\"" || quote == "'" ? start + 1 : start
    if letters[opening...].starts(with: "${".unicodeScalars) {
      // The name of a variable is not a secret, but its default is.
      let end = letters[opening...].firstIndex(of: "}") ?? letters.count
      let fallback = letters[opening..<end].firstIndex(of: "-").map { $0 + 1 } ?? end
      return fallback..<end
    }
    if quote == "\"" || quote == "'" {
      let inside = letters.indices.dropFirst(start + 1)
      let end = inside.first { letters[$0] == quote && (quote == "'" || letters[$0 - 1] != "\\") }
      return start + 1..<(end ?? letters.count)
    }
    let isInBraces = letters[..<colon].contains("{")
    let end = letters[start...].firstIndex { isInBraces && ($0 == "," || $0 == "}") } ?? letters.count
    return start..<(letters[start..<end].lastIndex { $0 != " " }.map { $0 + 1 } ?? end)
  }
}
