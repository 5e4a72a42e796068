package import Core
import FoundationEssentials

extension Event {
  /// The event as a test's `given`, by names; what holds without being said is left out.
  ///
  /// - Parameters:
  ///   - withMoment: whether the time is said, to the second.
  ///   - bot: the name by which the text calls the bot.
  package func given(withMoment: Bool, bot: String) -> JSON {
    var members: [(String, JSON)] = [(EventLineKey.user.rawValue, .string(user.name))]
    func add(_ key: EventLineKey, _ value: String, unless plain: String) {
      if value != plain { members.append((key.rawValue, .string(value))) }
    }
    add(.channel, channel.name, unless: channel.kind.exampleName)
    add(.team, team, unless: "")
    add(.kind, channel.kind.rawValue, unless: ChannelKind.public.rawValue)
    add(.author, author.rawValue, unless: Author.human.rawValue)
    members.append((EventLineKey.text.rawValue, .string(text)))
    add(
      .mention, mention.rawValue,
      unless: MentionGrammar.mention(of: bot, in: text).rawValue)
    if case .reply(_, let isJoined) = thread {
      add(.thread, (isJoined ? GivenThread.joined : .reply).rawValue, unless: GivenThread.root.rawValue)
    }
    if hasFiles { members.append((EventLineKey.files.rawValue, true)) }
    if isRemote { members.append((EventLineKey.remote.rawValue, true)) }
    if isEdit { members.append((EventLineKey.edited.rawValue, true)) }
    if withMoment {
      let moment = Date(timeIntervalSince1970: Double(milliseconds / 1_000)).ISO8601Format()
      members.append((EventLineKey.at.rawValue, .string(moment)))
    }
    return .object(members.map { JSON.Member(key: $0.0, value: $0.1) })
  }
}
