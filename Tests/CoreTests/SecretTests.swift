import Core
import Testing

@Suite struct SecretTests {
  @Test func `redacting replaces every occurrence of each secret`() {
    #expect("a key-1, key-2; key-1".redacting(["key-1", "key-2"]) == "a <redacted>, <redacted>; <redacted>")
    #expect("key".redacting(["key"]) == "<redacted>")
  }

  @Test func `redacting ignores empty secrets`() {
    #expect("as it is".redacting([""]) == "as it is")
    #expect("as it is".redacting([]) == "as it is")
  }
}
