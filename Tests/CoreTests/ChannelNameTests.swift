import Core
import Testing

@Suite("A channel's name")
struct ChannelNameTests {
  @Test(arguments: [
    ("dev", false), ("town-square", false), ("a_b", false), ("", false),
    ("firyn95uoiyi8jyuyf789887ja__iy3wu7s5fjd8fpjr9qkqak47bc", true),
    ("0123456789abcdef0123456789abcdef01234567", true),
  ])
  func `only direct and group channels have names made of ids`(name: String, isMade: Bool) {
    #expect(name.isChannelNameOfIDs == isMade)
  }
}
