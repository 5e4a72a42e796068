import Core
import RuleEngine

extension RuleTest {
  /// The test with everything that its `given` leaves open put in.
  var entries: [YAMLEntry] {
    [
      YAMLEntry("name", .text(name)), YAMLEntry("given", .map(given.written)),
      YAMLEntry("expect", .map(expect.written)),
    ]
  }
}

extension Event {
  /// The facts under the keys of `given`.
  fileprivate var written: [YAMLEntry] {
    var entries = [YAMLEntry("user", .text(user.name)), YAMLEntry("channel", .text(channel.name))]
    entries.append(team.isEmpty ? .note("team", "none") : YAMLEntry("team", .text(team)))
    return entries + [
      YAMLEntry("kind", .word(channel.kind.rawValue)), YAMLEntry("text", .text(text)),
      YAMLEntry("author", .word(author.rawValue)), YAMLEntry("mention", .word(mention.rawValue)),
      YAMLEntry("thread", .word(place.rawValue)), YAMLEntry("files", .bool(hasFiles)),
      YAMLEntry("remote", .bool(isRemote)),
      YAMLEntry("edited", .bool(isEdit)), YAMLEntry("at", .number(milliseconds)),
    ]
  }

  private var place: GivenThread {
    switch thread {
    case .root: .root
    case .reply(_, let isJoined): isJoined ? .joined : .reply
    }
  }
}

extension Expectation {
  fileprivate var written: [YAMLEntry] {
    var entries: [YAMLEntry] = []
    func add(_ key: String, _ value: YAMLValue?) { if let value { entries.append(YAMLEntry(key, value)) } }
    switch rule {
    case .named(let name): add("rule", .text(name))
    case Expectation.ExpectedRule.none?: add("rule", .word("none"))
    case nil: break
    }
    add("agent", agent.map { .text($0) })
    add("command", command.map { .text($0) })
    add("session", session.map { .word($0.rawValue) })
    add("say", say.map { .text($0) })
    add("deny", deny.map { .text($0) })
    add("ignore", ignore.map { .bool($0) })
    return entries
  }
}
