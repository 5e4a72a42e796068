import Core
import Testing

@Suite struct SecretTests {
  @Test func hidesEachSecretWhereverItStands() {
    #expect("a key-1, key-2; key-1".redacting(["key-1", "key-2"]) == "a <redacted>, <redacted>; <redacted>")
    #expect("key".redacting(["key"]) == "<redacted>")
  }

  @Test func emptySecretsHideNothing() {
    #expect("as it is".redacting([""]) == "as it is")
    #expect("as it is".redacting([]) == "as it is")
  }
}
