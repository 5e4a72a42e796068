import ConfigLoader
import Core
import FoundationEssentials

/// The first four bytes choose the fields of an event; the rest is its text. Bytes after a NUL are the names of its
/// author and channel.
func brokenByMessage(_ bytes: [UInt8]) -> String? {
  guard let twins = messageRules else { return "the rules for messages do not load" }
  if let broken = brokenByLine(bytes, twins) { return broken }
  guard bytes.count >= 4 else { return nil }
  let parts = bytes[4...].split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    .map { String(decoding: $0, as: UTF8.self) }
  let text = String(decoding: bytes[4...], as: UTF8.self)
  let name = pick(["alice", "bob", parts.last ?? ""], bytes[0])
  let channel = pick(["dev", "ops", parts.last ?? ""], bytes[0] / 3)
  let event = Event(
    post: "post", team: TeamID(nonEmpty: pick(["core", name], bytes[1])),
    channel: Channel(id: ChannelID(channel), name: channel, kind: pick(ChannelKind.allCases, bytes[1] / 2)),
    user: User(id: UserID(name), name: name), author: pick(Author.allCases, bytes[2]),
    mention: MentionGrammar.mention(of: "edgecrab", in: text),
    thread: pick([.root, .reply(root: "r", joined: false), .reply(root: "r", joined: true)], bytes[2] / 6),
    text: pick([parts[0], text], bytes[3]), botName: "edgecrab", hasFiles: bytes[3] & 2 != 0,
    isRemote: bytes[3] & 8 != 0,
    isEdit: bytes[3] & 4 != 0, milliseconds: moment &+ Int64(bytes[3]) * 3_600_000)
  _ = Spelling.nearest(to: text, among: ["new", "reset", name])
  return twins.disagreement(about: event) ?? brokenByWriting(event)
}

/// Returns the bytes as a line of an event file.
private func brokenByLine(_ bytes: [UInt8], _ twins: Twins) -> String? {
  guard let line = try? EventLine(json: Data(bytes), defaults: EventDefaults(milliseconds: moment)) else { return nil }
  return twins.disagreement(about: line.event)
}

private func brokenByWriting(_ event: Event) -> String? {
  let line = EventLine(event, teamName: event.team?.rawValue)
  let read = try? EventLine(json: Data(line.json.utf8), defaults: EventDefaults(milliseconds: 0))
  return read == line ? nil : "\(line) is read back as \(String(describing: read))"
}

private func pick<Value>(_ values: [Value], _ byte: UInt8) -> Value { values[Int(byte) % values.count] }

private let messageRules: Twins? = RulesFile.load(
  text: """
    version: 1
    access: { users: ["*"] }
    agents: { echo: { type: echo } }
    commands: { prefixes: ["/", "!", "."], bind: { new: { action: new, aliases: reset }, rota: { say: alice } } }
    rules:
      - { name: shadow, when: { text: { contains: [build, "İ", "ſs"] } }, mode: shadow, ignore: true }
      - { name: word, when: { text: { word: [lunch, "straße", "naïve"] }, channel: dev }, say: word }
      - { name: exact, when: { text: { word: OOM, contains: "K", case: sensitive } }, say: exact }
      - { name: start, when: { text: { starts_with: ["deploy ", "«"] }, user: [alice, bob] }, agent: echo }
      - { name: end, when: { text: { ends_with: ["?", "please"] }, team: core }, agent: echo }
      - { name: equal, when: { text: { equals: [hi, "ок"] }, any: [{ files: true }, { remote: true }, { thread: reply }] }, say: equal }
      - { name: number, when: { text: { matches: ['#\\d+ (passed|failed)$', '(?i)^(a+)+$', '\\bé\\b'] } }, say: number }
      - { name: several, when: { text: { contains: ab, matches: '[^a-z]{3}' }, author: [human, bot] }, ignore: true }
      - { name: neither, when: { not: { text: { word: [no, nein] } }, mention: channel-wide }, say: neither }
      - { name: command, when: { command: [new, rota], edited: true }, agent: echo }
      - { name: talk, when: { trigger: [mention, command, thread, dm] }, agent: echo }
    """, file: "rules.yaml", environment: [:], now: moment, zone: "UTC"
).rules.flatMap(Twins.init)
