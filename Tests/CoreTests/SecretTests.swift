import Testing
import Core

@Suite struct SecretTests {
  @Test func hidesEachSecretWhereverItStands() {
    #expect("a key-1, key-2; key-1".hiding(["key-1", "key-2"]) == "a <redacted>, <redacted>; <redacted>")
    #expect("key".hiding(["key"]) == "<redacted>")
  }

  @Test func emptySecretsHideNothing() {
    #expect("as it is".hiding([""]) == "as it is")
    #expect("as it is".hiding([]) == "as it is")
  }
}
