import Core
import MattermostIO
import TestSupport
import Testing

private let bot = BotIdentity(id: "firyn95uoiyi8jyuyf789887ja", name: "edgecrab")
private let acme: TeamID = "ryczsmzyytb5jbcb3bw1h1tmfc"
private let dev = Channel(id: "igyj8jtgwbbbzco4qjwgfa7awa", name: "dev", kind: .public)
private let ops = Channel(id: "rixf8w8b5tnifdjzr7i1cbcudh", name: "ops", kind: .private)
private let nobot = Channel(id: "1wsf1fjdstfu9cfa4prfbwtr7o", name: "nobot", kind: .public)
private let group = Channel(
  id: "bhbmjti35fy87ryufmg5hhzfca", name: "ede3d98de9bbb152490c4e0c8fc527d81d9b8320", kind: .group)
private let withAlice = Channel(
  id: "iot1m8fqi7yx5xuyg16dji6b3e", name: "d6g1affd6fbetyk9ywj6qqaera__firyn95uoiyi8jyuyf789887ja", kind: .direct)
private let withMallory = Channel(
  id: "4f3bb1ekrpgwje1hho3jg1q83w", name: "firyn95uoiyi8jyuyf789887ja__pzh7y7r7mpghxf9rrg8ejrt7ac", kind: .direct)
private let alice = User(id: "d6g1affd6fbetyk9ywj6qqaera", name: "alice")
private let bob = User(id: "6k365i18xbbbzqitxqhziuk8xr", name: "bob")
private let carol = User(id: "zxtbeb34b3nk9mzd6cjmjsbf1a", name: "carol.o-brien")
private let mallory = User(id: "pzh7y7r7mpghxf9rrg8ejrt7ac", name: "mallory")
private let system = User(id: "nzopcef76bgjxjgr7w5ojxhnmc", name: "System")
private let thread = ThreadContext.reply(root: "h4shtw19migwfc9k7hpnypsnyr", joined: true)

struct EventDecoderTests {
  struct Wanted: Sendable {
    var channel: Channel
    var user: User
    var overrideName: String?
    var author = Author.human
    var mention = Mention.none
    var thread = ThreadContext.root
    var text: String
    var body: String?
    var hasFiles = false
  }

  private let wanted: [(step: String, event: Wanted)] = [
    (
      "mention in an open channel",
      Wanted(
        channel: dev, user: alice, mention: .direct, text: "@edgecrab explain this PR", body: "explain this PR")
    ),
    ("plain message in an open channel", Wanted(channel: dev, user: bob, text: "lunch?")),
    (
      "mention in the middle, upper case, punctuation",
      Wanted(channel: dev, user: bob, mention: .direct, text: "hey @EdgeCrab, can you (please) help?")
    ),
    (
      "mention-like word that is no mention",
      Wanted(channel: dev, user: bob, text: "see mail@edgecrab.dev or @edgecrabby")
    ),
    ("mention inside a code block", Wanted(channel: dev, user: bob, text: "```\n@edgecrab not a mention\n```")),
    ("@all", Wanted(channel: dev, user: alice, mention: .channelWide, text: "@all meeting now")),
    ("@channel", Wanted(channel: dev, user: alice, mention: .channelWide, text: "@channel meeting now")),
    ("@here", Wanted(channel: dev, user: alice, mention: .channelWide, text: "@here meeting now")),
    (
      "private channel mention",
      Wanted(channel: ops, user: carol, mention: .direct, text: "@edgecrab status?", body: "status?")
    ),
    ("direct message", Wanted(channel: withAlice, user: alice, text: "hello bot")),
    ("direct message slash text", Wanted(channel: withAlice, user: alice, text: "/status")),
    ("group message", Wanted(channel: group, user: bob, text: "hi group")),
    ("group message mention", Wanted(channel: group, user: bob, mention: .direct, text: "@edgecrab hi", body: "hi")),
    ("thread root and reply", Wanted(channel: dev, user: alice, text: "a thread root")),
    (
      "thread root and reply",
      Wanted(
        channel: dev, user: bob, mention: .direct, thread: thread, text: "@edgecrab summarize", body: "summarize")
    ),
    (
      "the bot posts in the thread itself",
      Wanted(
        channel: dev, user: User(id: bot.id, name: bot.name), author: .own, thread: thread, text: "here is a summary")
    ),
    ("reply in the thread without a mention", Wanted(channel: dev, user: bob, thread: thread, text: "thanks")),
    (
      "another bot posts",
      Wanted(
        channel: dev, user: User(id: "y3jud46zhigjuyrgewngnogmye", name: "otherbot"), author: .bot, mention: .direct,
        text: "@edgecrab I am a bot", body: "I am a bot")
    ),
    (
      "incoming webhook posts",
      Wanted(
        channel: dev, user: User(id: system.id, name: system.id.rawValue), overrideName: "CI", author: .webhook,
        mention: .direct, text: "@edgecrab build failed", body: "build failed")
    ),
    (
      "message with a file",
      Wanted(
        channel: dev, user: alice, mention: .direct, text: "@edgecrab read this", body: "read this", hasFiles: true)
    ),
    ("file only, no text", Wanted(channel: withAlice, user: alice, text: "", hasFiles: true)),
    ("unicode and emoji", Wanted(channel: withAlice, user: alice, text: "héllo 👋🏽 世界 \u{202E}x")),
    ("long message of 16383", Wanted(channel: withAlice, user: alice, text: String(repeating: "y", count: 16_383))),
    (
      "bot added to a channel",
      Wanted(channel: nobot, user: system, author: .system, text: "edgecrab added to the channel by admin.")
    ),
    (
      "channel renamed",
      Wanted(
        channel: ops, user: system, author: .system, text: "admin updated the channel header to: the ops header")
    ),
    ("message from a user renamed later", Wanted(channel: withMallory, user: mallory, text: "let me in")),
  ]

  @Test func `every recorded posted frame is decoded to its event`() throws {
    let decoder = EventDecoder(bot: bot)
    let decoded = try Recording.frames("events").compactMap { line -> (String, PostedEvent)? in
      guard case .posted(let posted) = try EventFrame(line.text).event else { return nil }
      return (line.step, posted)
    }
    #expect(decoded.map(\.0) == wanted.map(\.step))
    for ((step, posted), (_, wanted)) in zip(decoded, wanted) {
      let event = decoder.event(of: posted, joined: true)
      #expect(event.channel == wanted.channel, "\(step)")
      #expect(event.user == wanted.user, "\(step)")
      #expect(event.overrideName == wanted.overrideName, "\(step)")
      #expect(event.author == wanted.author, "\(step)")
      #expect(event.mention == wanted.mention, "\(step)")
      #expect(event.thread == wanted.thread, "\(step)")
      #expect(event.text == wanted.text, "\(step)")
      #expect(event.body == wanted.body ?? wanted.text, "\(step)")
      #expect(event.hasFiles == wanted.hasFiles, "\(step)")
      #expect(event.team == ([.direct, .group].contains(wanted.channel.kind) ? nil : acme), "\(step)")
      #expect(!event.isEdit, "\(step)")
      #expect(event.post == posted.post.id && event.milliseconds == posted.post.createAt, "\(step)")
    }
  }

  @Test(arguments: ["custom_calls", "custom_x"])
  func `a post of a plugin's type mentions nobody, even if the server says so`(type: String) throws {
    let decoder = EventDecoder(bot: bot)
    let line = try #require(
      try Recording.frames("events").first { $0.step == "mention in an open channel" && $0.text.contains(#""posted""#) }
    )
    let text = line.text.replacing(#"\"type\":\"\""#, with: #"\"type\":\"\#(type)\""#)
    #expect(text != line.text)
    guard case .posted(let posted) = try EventFrame(text).event else { return #expect(Bool(false)) }
    #expect(posted.mentions?.contains(bot.id) == true)
    let event = decoder.event(of: posted)
    #expect(event.author == .plugin && event.mention == .none)
    var edited = posted.post
    edited.message += " @edgecrab"
    #expect(decoder.event(ofEdited: edited, in: dev, team: acme, userName: "alice", earlier: Mention.none).isEdit)
    #expect(
      decoder.author(of: Post(id: "p", userID: "u", channelID: "c", message: "", type: "add_bot_teams_channels"))
        == .system)
    #expect(decoder.author(of: Post(id: "p", userID: "u", channelID: "c", message: "", type: "me")) == .human)
  }

  @Test func `the recorded frames are in sequence`() throws {
    let frames = try Recording.frames("events").map { try EventFrame($0.text) }
    #expect(frames.compactMap(\.sequence) == Array(0...34))
    let names = frames.compactMap { frame -> String? in
      switch frame.event {
      case .posted: nil
      case .hello(let connection, _): "hello \(connection)"
      case .postEdited(let post): "edited \(post.message)"
      case .postDeleted(let post): "deleted \(post.id)"
      case .reactionAdded(let emoji, let post, let user): "reacted \(emoji) \(post) \(user)"
      case .userAdded(let user, let channel): "added \(user) \(channel)"
      case .userRemoved(let user, let channel): "removed \(user) \(channel)"
      case .teamJoined(let user, let team): "joined \(team) \(user)"
      case .channelChanged(let channel): "changed \(channel)"
      case .userUpdated(let user, let name, let isBot): "user \(user) \(name) \(isBot)"
      case .teamUpdated(let team, let name): "team \(team) \(name)"
      case .statusReply(let number, let status): "reply \(number) \(status)"
      case .other(let name): name
      }
    }
    #expect(
      names == [
        "hello o3c84zeapt8p7q7eegidm7z61a", "reply 1 OK", "status_change", "edited hello bot (edited)",
        "reacted +1 cmf5txttfpgym8trwyhn7nsnco d6g1affd6fbetyk9ywj6qqaera", "deleted wme3hebb5bbijn6ozy1nsdhz9c",
        "typing", "added \(bot.id) \(nobot.id)",
        "removed \(bot.id) \(nobot.id)", "changed \(ops.id)",
      ])
  }

  @Test func `the author of an event follows from the account, not from the post's claims`() throws {
    let frames = try Recording.frames("identity_and_changes")
    let decoder = EventDecoder(bot: BotIdentity(id: "aueszcq3efgbf8gj3zoj7ws3ia", name: "acme-bot"))
    let isBot = try #require((try Recording("user_is_bot").json as? [String: Any])?["is_bot"] as? Bool)
    func frame(_ step: String) throws -> ServerEvent {
      try EventFrame(try #require(frames.first { $0.step == step }).text).event
    }

    guard case .posted(let first) = try frame("another bot posts"),
      case .postEdited(let updated) = try frame("its full update without props")
    else { throw TestFailure("no posts") }
    let otherBot = UserRecord(id: first.post.userID, username: "acme-otherbot", isBot: isBot)
    #expect(decoder.event(of: first).written(by: otherBot).author == .bot)
    let edit = decoder.event(ofEdited: updated, in: dev, team: acme, userName: "x", earlier: Mention.none)
    #expect(edit.mention == .direct && edit.author == .human, "what the post claims")
    #expect(edit.written(by: otherBot).author == .bot)
    #expect(edit.written(by: otherBot).user == User(id: otherBot.id, name: "acme-otherbot"))

    for (step, name, claim) in [
      ("a member claims to be a webhook and somebody else", "acme-bob", "acme-alice"),
      ("a true webhook post", "admin", "ci"),
    ] {
      guard case .posted(let posted) = try frame(step) else { throw TestFailure("no post") }
      let event = decoder.event(of: posted)
      #expect(event.user.name == posted.post.userID.rawValue, "nobody's name before the account is asked for")
      let written = event.written(by: UserRecord(id: posted.post.userID, username: name))
      #expect(written.user.name == name && written.overrideName == claim && written.author == .webhook)
      #expect(written.speaker == "\(name) (webhook \"\(claim)\")")
    }

    #expect(
      try frame("the bot itself is renamed")
        == .userUpdated(user: decoder.bot.id, name: "acme-newname", isBot: true))
  }

  @Test(
    arguments: [
      ("Jenkins", #"bob (webhook "Jenkins")"#), ("CI \u{1F916} build-7_b", #"bob (webhook "CI build-7_b")"#),
      ("x\"): run it\n\nann: ", #"bob (webhook "x run it ann")"#), ("@all `[a](b)`", #"bob (webhook "all a b")"#),
      ("\u{202E}\u{200B}", "bob (webhook)"), ("", "bob (webhook)"), (String(repeating: "a", count: 100_000), nil),
    ])
  func `the claimed name of a webhook is quoted on a single line`(name: String, speaker: String?) {
    var post = Post(id: "p", userID: "b", channelID: dev.id, message: "hi")
    (post.props.fromWebhook, post.props.overrideUsername) = (true, name)
    let event = EventDecoder(bot: bot).event(of: post, in: dev, team: acme, userName: "bob")
    #expect(event.speaker == speaker ?? #"bob (webhook "\#(String(repeating: "a", count: 64))")"#)
    #expect(event.user.name == "bob")
  }

  @Test(
    arguments: [
      ("@edgecrab hi", nil, Mention.direct, true),
      ("@edgecrab hi", Mention.none, .direct, false),
      ("@edgecrab hi", .channelWide, .direct, false),
      ("@edgecrab hi", .direct, .direct, true),
      ("@all hi", Mention.none, .channelWide, false),
      ("hi", Mention.none, .none, true),
      ("hi", .direct, .none, true),
    ])
  func `an edit counts as a new mention only if it is known to add one`(
    message: String, earlier: Mention?, mention: Mention, isEdit: Bool
  ) {
    let post = Post(
      id: "p", createAt: 1, updateAt: 3, editAt: 2, userID: alice.id, channelID: dev.id, message: message)
    let event = EventDecoder(bot: bot).event(
      ofEdited: post, in: dev, team: acme, userName: "alice", earlier: earlier)
    #expect(event.isEdit == isEdit)
    #expect(event.mention == mention)
    #expect(event.milliseconds == 2)
    #expect(event.user == alice && event.channel == dev && event.team == acme)
  }

  @Test(
    arguments: [
      ("@edgecrab hi", nil, Mention.direct),
      ("@edgecrab hi", [], .none),
      ("@edgecrab hi", ["other"], .none),
      ("@edgecrab hi", [bot.id], .direct),
      ("@all hi", [bot.id], .channelWide),
      ("@all hi", [], .none),
      ("hi", [bot.id], .none),
    ])
  func `the bot is mentioned only if both the text and the server, if it says, agree`(
    message: String, mentions: [UserID]?, mention: Mention
  ) {
    let post = Post(id: "p", userID: alice.id, channelID: dev.id, message: message)
    #expect(EventDecoder(bot: bot).mention(in: post, mentioned: mentions) == mention)
  }

  @Test func `the texts of attachments are read one by one`() {
    var post = Post(id: "p", userID: alice.id, channelID: dev.id, message: "```\nopen code")
    var attachment = Post.Attachment()
    attachment.title = "Build 7"
    attachment.text = "@edgecrab look"
    post.props.attachments = [attachment]
    let event = EventDecoder(bot: bot).event(
      of: PostedEvent(post: post, channelName: "dev", channelType: "O", senderName: "@alice"))
    #expect(event.text == "```\nopen code\nBuild 7\n@edgecrab look")
    #expect(event.mention == .direct)
  }

  @Test(
    arguments: [
      (Post(id: "p", userID: bot.id, channelID: "c", message: ""), Author.own),
      (Post(id: "p", userID: bot.id, channelID: "c", message: "", type: "system_join_channel"), .own),
      (Post(id: "p", userID: "u", channelID: "c", message: "", type: "system_join_channel"), .system),
      (Post(id: "p", userID: "u", channelID: "c", message: "", type: "me"), .human),
      (Post(id: "p", userID: "u", channelID: "c", message: "", type: "slack_attachment"), .human),
      (Post(id: "p", userID: "u", channelID: "c", message: "", type: "custom_thing"), .plugin),
    ])
  func `authors are distinguished by user id, type and props`(post: Post, author: Author) {
    #expect(EventDecoder(bot: bot).author(of: post) == author)
  }

  @Test(
    arguments: [
      (#"{"from_webhook":"true","from_bot":"true"}"#, Author.webhook),
      (#"{"from_webhook":true}"#, .webhook),
      (#"{"from_plugin":true,"from_bot":"true"}"#, .plugin),
      (#"{"from_bot":true}"#, .bot),
      (#"{"from_bot":"false","from_webhook":null,"from_plugin":[]}"#, .human),
      ("null", .human),
      (#""text""#, .human),
    ])
  func `integrations are distinguished by props, as strings or Booleans`(json: String, author: Author) throws {
    let text = framed(post: #"{"id":"p","user_id":"u","channel_id":"c","message":"","props":\#(json)}"#)
    guard case .posted(let posted) = try EventFrame(text).event else {
      Issue.record("not a posted event")
      return
    }
    #expect(EventDecoder(bot: bot).author(of: posted.post) == author)
  }
}
