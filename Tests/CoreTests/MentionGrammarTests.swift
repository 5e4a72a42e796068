import Core
import Testing

@Suite("A mention")
struct MentionGrammarTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var mention: Mention
    var testDescription: String { String(reflecting: text) }

    init(_ text: String, _ mention: Mention) {
      self.text = text
      self.mention = mention
    }
  }

  @Test(arguments: [
    Case("", .none),
    Case("@", .none),
    Case("lunch?", .none),
    Case("edgecrab", .none),
    Case("@edgecrab", .direct),
    Case("@edgecrab explain this PR", .direct),
    Case("hey @EdgeCrab, can you (please) help?", .direct),
    Case("(@edgecrab) **@edgecrab** #@edgecrab", .direct),
    Case("_@edgecrab_", .direct),
    Case("ask @edgecrab.", .direct),
    Case("@edgecrab...", .direct),
    Case("@edgecrab:", .direct),
    Case("@edgecrab-", .direct),
    Case("@edgecrab_.-:", .direct),
    Case("@edgecrab's", .direct),
    Case("@edgecrab/@alice", .direct),
    Case("@edgecrabby", .none),
    Case("@edgecrab2", .none),
    Case("@edgecrab.dev", .none),
    Case("@edgecrab-bot", .none),
    Case("@edgecrab_x.", .none),
    Case("@edgecrab日本", .none),
    Case("世界 @edgecrab、", .direct),
    Case("世界@edgecrab", .none),
    Case("mail@edgecrab.dev", .none),
    Case("mail@edgecrab", .none),
    Case("é@edgecrab", .none),
    Case("@alice@edgecrab", .none),
    Case("done.@edgecrab", .direct),
    Case("cc:@edgecrab", .direct),
    Case(":@edgecrab:", .none),
    Case(":wave: @edgecrab", .direct),
    Case("\\@edgecrab", .direct),
    Case("👋🏽@edgecrab👋🏽", .direct),
    Case("@alice\n@edgecrab\r\n@bob", .direct),
  ])
  func `a mention is a word of its own`(_ wanted: Case) {
    #expect(MentionGrammar.mention(of: "edgecrab", in: wanted.text) == wanted.mention)
  }

  @Test(arguments: [
    ("carol.o-brien", "@carol.o-brien: hi", Mention.direct),
    ("carol.o-brien", "@Carol.O-Brien", .direct),
    ("carol.o-brien", "@carol", .none),
    ("carol", "@carol.o-brien", .none),
    ("crab-", "@crab-", .direct),
    ("crab-", "@crab", .none),
    ("", "@", .none),
  ])
  func `a mentioned name may have dots and dashes`(name: String, text: String, mention: Mention) {
    #expect(MentionGrammar.mention(of: name, in: text) == mention)
  }

  @Test(arguments: [
    Case("@all meeting now", .channelWide),
    Case("@channel", .channelWide),
    Case("@HERE: look", .channelWide),
    Case("@here-", .channelWide),
    Case("@allison", .none),
    Case("mail@all", .none),
    Case("`@all`", .none),
    Case("@all and @edgecrab", .direct),
    Case("@edgecrab and @all", .direct),
    Case("x.@all-@edgecrab", .direct),
  ])
  func `a mention of all users is channel-wide, and weaker than one by name`(_ wanted: Case) {
    #expect(MentionGrammar.mention(of: "edgecrab", in: wanted.text) == wanted.mention)
  }

  @Test(arguments: [
    Case("```\n@edgecrab not a mention\n```", .none),
    Case("```\n@edgecrab\n```\n@edgecrab", .direct),
    Case("~~~ swift\n@edgecrab\n~~~", .none),
    Case("````\n```\n@edgecrab\n````", .none),
    Case("```\n@edgecrab\n~~~\n@edgecrab", .none),
    Case("``` never closed\n@edgecrab", .none),
    Case("```\r\n@edgecrab\r\n```\r\n@edgecrab", .direct),
    Case("talk\n```\n@edgecrab\n```", .none),
    Case("``` `x`\n@edgecrab", .direct),
    Case("> ```\n> @edgecrab\n> ```", .none),
    Case("> ```\n@edgecrab", .direct),
    Case("- ```\n  @edgecrab\n  ```\n", .none),
    Case("`@edgecrab`", .none),
    Case("``a ` @edgecrab``", .none),
    Case("`` @edgecrab `", .direct),
    Case("`a` @edgecrab `b`", .direct),
    Case("\\`@edgecrab`", .direct),
    Case("`a\\` @edgecrab", .direct),
    Case("`over\n@edgecrab lines`", .none),
    Case("`not over\n\n@edgecrab paragraphs`", .direct),
    Case("    @edgecrab", .none),
    Case("\t@edgecrab", .none),
    Case("talk\n    @edgecrab", .direct),
    Case("talk\n\n    @edgecrab", .none),
    Case("talk\n\n    code\n\n    @edgecrab\nback @edgecrab", .direct),
    Case("> quoted\n@edgecrab", .direct),
    Case("> > 1. @edgecrab", .direct),
    Case("- item\n\n  @edgecrab", .direct),
    Case("- item\n\n      @edgecrab", .none),
    Case("1. item\n\n    @edgecrab", .direct),
    Case("-     @edgecrab", .none),
    Case("# @edgecrab", .direct),
  ])
  func `a mention in code does not count`(_ wanted: Case) {
    #expect(MentionGrammar.mention(of: "edgecrab", in: wanted.text) == wanted.mention)
  }

  @Test(arguments: [
    Case("https://example.com/@edgecrab", .none),
    Case("see HTTPS://example.com/@edgecrab, thanks", .none),
    Case("https://example.com/ @edgecrab", .direct),
    Case("www.example.com/@edgecrab", .none),
    Case("www2.example.com/@edgecrab", .none),
    Case("x-scheme://host/@edgecrab", .direct),
    Case("https:// @edgecrab", .direct),
    Case("@edgecrab:https://example.com", .direct),
    Case("<https://example.com/>@edgecrab", .direct),
    Case("[text](http://host/@edgecrab)", .none),
    Case("[@edgecrab](http://host/)", .direct),
    Case("![image](/@edgecrab) @edgecrab", .direct),
    Case("](@edgecrab", .direct),
  ])
  func `a mention in the address of a link does not count`(_ wanted: Case) {
    #expect(MentionGrammar.mention(of: "edgecrab", in: wanted.text) == wanted.mention)
  }

  @Test(arguments: [
    ("@edgecrab explain this PR", "explain this PR"),
    ("  @EdgeCrab,  hi  ", "hi"),
    ("@edgecrab: status", "status"),
    ("@edgecrab /help", "/help"),
    ("@edgecrab\nline\n  two\n", "line\n  two"),
    ("@edgecrab", ""),
    (" @edgecrab: ", ""),
    ("@edgecrab @edgecrab", "@edgecrab"),
    ("@edgecrab. so", "so"),
    ("@edgecrab. !status", "!status"),
    ("@edgecrab! !status", "!status"),
    ("@edgecrab... !status", "!status"),
    ("@edgecrab !status", "!status"),
    ("@edgecrab!status", "!status"),
    ("@edgecrab:!status", "!status"),
    ("@edgecrab?", ""),
    ("@edgecrab — !status", "— !status"),
    ("@edgecrab、！status", "！status"),
    ("@edgecrab\u{3000}／status", "／status"),
    ("**@edgecrab** !status", "!status"),
    ("**@edgecrab:** !status", "!status"),
    ("**@edgecrab**: !status", "!status"),
    ("_@edgecrab_ !status", "!status"),
    ("***@edgecrab***, /status", "/status"),
    ("~~@edgecrab~~ hi", "hi"),
    ("**@edgecrab !status**", "!status"),
    ("**@edgecrab hello** world", "**hello** world"),
    ("* @edgecrab hi", "* @edgecrab hi"),
    ("`@edgecrab` hi", "`@edgecrab` hi"),
    ("**bold** @edgecrab", "**bold** @edgecrab"),
    ("@edgecrabby hi", "@edgecrabby hi"),
    ("@edgecrab.dev is down", "@edgecrab.dev is down"),
    ("hi @edgecrab", "hi @edgecrab"),
    ("@all hi", "@all hi"),
    ("    @edgecrab", "@edgecrab"),
    ("\n\n @edgecrab x", "x"),
    (" /help ", "/help"),
    ("\u{2003}héllo 👋🏽\u{A0}", "héllo 👋🏽"),
    ("", ""),
    (" \n ", ""),
  ])
  func `a mention at the beginning is removed, once`(text: String, rest: String) {
    #expect(MentionGrammar.removingOpeningMention(of: "edgecrab", from: text) == rest)
  }

  @Test(arguments: [
    ("@all meeting now", "@_all meeting now"),
    ("@Channel, @HERE: (@all)", "@_Channel, @_HERE: (@_all)"),
    ("@all's @all. **@here**", "@_all's @_all. **@_here**"),
    ("x.@all-@here", "x.@_all-@_here"),
    ("> - @all\n>   and @here\n\n1. @channel", "> - @_all\n>   and @_here\n\n1. @_channel"),
    ("\\@all [@all](@all) https://x.de/@all", "\\@_all [@_all](@all) https://x.de/@all"),
    ("é👋🏽 @all\r\n@all", "é👋🏽 @_all\r\n@_all"),
    ("`@all` ``a ` @all`` `@all", "`@all` ``a ` @all`` `@_all"),
    ("```\n@all\n```\n@all", "```\n@all\n```\n@_all"),
    ("    @all", "    @all"),
    ("@allison mail@all :@all: @edgecrab @alice", "@allison mail@all :@all: @edgecrab @alice"),
    ("@@all", "@@all"),
    ("", ""),
  ])
  func `a channel-wide mention is silenced exactly where the server would follow it`(text: String, silent: String) {
    let result = MentionGrammar.silencingChannelWide(text)
    #expect(result == silent.replacing("_", with: "\u{2060}"))
    #expect(MentionGrammar.mention(of: "nobody-at-all", in: result) == .none)
    #expect(MentionGrammar.silencingChannelWide(result) == result)
  }

  /// Texts that are slow for a parser with repeated look-ahead: a quadratic one needs minutes for them. Their beginning
  /// is short enough for any parser, and is repeated.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "`", "@", "@edgecrab`", "`` ` ", "``` `` ` ", "[", "](", "[](", "> ", "- ", "1. ", "\n- ", "http://", "www.",
      "\\`",
      "    \n", "~~~\n", "@.", ":@", ">\n", "@all@",
    ])
  func `finding mentions takes linear time`(piece: String) {
    let short = String(repeating: piece, count: 12)
    let count = 300_000 / short.utf8.count
    let long = String(repeating: short, count: count)
    #expect(MentionGrammar.mention(of: "edgecrab", in: long) == MentionGrammar.mention(of: "edgecrab", in: short))
    let called = MentionGrammar.removingOpeningMention(of: "edgecrab", from: short)
    #expect(MentionGrammar.removingOpeningMention(of: "edgecrab", from: long).hasPrefix(called))
    let silent = MentionGrammar.silencingChannelWide(short)
    #expect(MentionGrammar.silencingChannelWide(long) == String(repeating: silent, count: count))
  }
}
