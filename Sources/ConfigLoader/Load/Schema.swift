import Core
import RuleEngine

/// Every key of the rules language: its name, its section, its type, its default, its meaning.
///
/// The loader reads files through these keys only.
enum Schema {
  enum File {
    static let version = Key(
      "version", Values.version, isRequired: true, "The version of the language that the file is written in.")
    static let bot = Key(
      "bot", Values.userName, otherwise: "edgecrab",
      "The bot's name in the file's tests and for `rules explain`, which ask no server; the gateway takes its account's."
    )
    static let groups = Key(
      "groups", Values.groups, otherwise: "none", "Sets of names, used elsewhere as `group:NAME`.")
    static let access = Key(
      "access", Values.access, otherwise: "everyone may talk to the bot",
      "Who may talk to the bot at all; asked before any rule.")
    static let agents = Key("agents", Values.agents, otherwise: "none", "Who answers, by the names that rules use.")
    static let commands = Key(
      "commands", Values.commands, otherwise: "prefixes `/` and `!`, edgecrab's own commands",
      "Slash text: how it begins and what each name does.")
    static let rules = Key(
      "rules", Values.rules, isRequired: true, "The rules, asked from top to bottom; the first that matches decides.")
    static let intake = Key(
      "intake", Values.intake, otherwise: "posts up to 15 minutes old, 20 a minute from bots, files up to 20 MB",
      "What is done about posts that come late, from programs or with files.")
    static let turns = Key(
      "turns", Values.turns, otherwise: "64 at once, 16 of one person",
      "How many messages agents answer at once, over all conversations.")
    static let journal = Key(
      "journal", Values.journal, otherwise: "facts for 30 days, no messages",
      "What is recorded of the decisions, and for how long.")
    static let tests = Key(
      "tests", Values.tests, otherwise: "none",
      "What the file expects of itself; asked by `rules check` and `rules test`.")
    static let section = SchemaSection(
      name: "file", phrase: "a rules file",
      keys: [
        version.row, bot.row, groups.row, access.row, agents.row, commands.row, rules.row, intake.row, turns.row,
        journal.row,
        tests.row,
      ])
  }

  /// A file of tests for the rules of another file; not a section of a rules file.
  enum TestFile {
    static let section = SchemaSection(
      name: "test file", phrase: "a file of tests", keys: [File.version.row, File.tests.required])
  }

  enum Group {
    static let users = Key("users", Values.plainNames(.user), "The users of the group.")
    static let channels = Key("channels", Values.plainNames(.channel), "The channels of the group.")
    static let teams = Key("teams", Values.plainNames(.team), "The teams of the group.")
    static let section = SchemaSection(
      name: "group", phrase: "a group", keys: [users.row, channels.row, teams.row],
      atLeastOne: ["users", "channels", "teams"])
  }

  enum Access {
    static let users = Key(
      "users", Values.names(.user), fallback: "*",
      "Who may talk to the bot; `*` is everyone. The account that posts counts: \(Author.webhookAccount).")
    static let denied = Key(
      "denied", Values.template, otherwise: "the others hear nothing",
      "What the others are told, in a direct message only.")
    static let admin = Key(
      "admin", Values.userName, otherwise: "`{{admin}}` may not be used", "The user whom `{{admin}}` names.")
    static let section = SchemaSection(
      name: "access", phrase: "`access`", keys: [users.row, denied.row, admin.row])
  }

  enum CommandsMap {
    static let prefixes = Key(
      "prefixes", Values.prefixes, fallback: ["/", "!"],
      "The punctuation marks that begin a command; `@` and the backtick cannot.")
    static let unknown = Key(
      "unknown", Values.choice(UnknownCommand.self), fallback: "hint",
      """
      What happens to a name that nobody bound: `hint` shows the nearest one, in a direct message or behind a mention, and \
      leaves `!important` elsewhere alone; `agent` hands it on as a message; `ignore` does nothing.
      """)
    static let bind = Key(
      "bind", Values.bindings,
      otherwise: "the built-in ones: `help`, `new` (also `reset`), `stop`, `retry`, `status`, `usage`, `hooks`",
      """
      Commands by name, beside the built-in ones. A built-in one changes where its name is given another command, goes \
      with `usage: false`, and stays as it is with `usage: true` or without a word.
      """)
    static let section = SchemaSection(
      name: "commands", phrase: "`commands`", keys: [prefixes.row, unknown.row, bind.row])
  }

  enum Binding {
    static let action = Key("action", Values.choice(BuiltinCommand.self), "What edgecrab itself does.")
    static let prompt = Key(
      "prompt", Values.template, "What an agent is asked; `{{args}}` is what was typed behind the name.")
    static let say = Key("say", Values.template, "The text to post.")
    static let aliases = Key(
      "aliases", Values.commandNames, otherwise: "none", "Other names for the command, each given once in the file.")
    static let users = Key("users", Values.names(.user), fallback: "*", "Who may use it.")
    static let agent = Key(
      "agent", Values.agentName, otherwise: "the rule's agent", needs: "prompt",
      "The agent that is asked; only with `prompt`.")
    static let section = SchemaSection(
      name: "command", phrase: "a command",
      keys: [action.row, prompt.row, say.row, aliases.row, users.row, agent.row],
      exactlyOne: ["action", "prompt", "say"])
  }

  enum RuleMap {
    static let name = Key(
      "name", Values.ruleName, isRequired: true, "The rule's name, unique in the file and not `none`.")
    static let when = Key(
      "when", Values.when, otherwise: "every post of a person", "What a post must be like: all of these keys.")
    static let agent = Key("agent", Values.agentName, "The agent that answers.")
    static let say = Key("say", Values.template, "The text to post.")
    static let ignore = Key("ignore", Values.isTrue, "Does nothing with the post.")
    static let deny = Key("deny", Values.template, "What the asker is told instead of an answer.")
    static let session = Key(
      "session", Values.session, fallback: "channel",
      """
      Whose conversation the post belongs to, and for how long. `session: thread` is short for `session: { scope: thread }`.
      """)
    static let reply = Key("reply", Values.reply, "Where and how the answer is posted.")
    static let busy = Key(
      "busy", Values.busy, fallback: "queue",
      """
      What happens to a post while the session answers another. `busy: reject` is short for `busy: { mode: reject }`.
      """)
    static let limit = Key("limit", Values.limit, otherwise: "none", "How much one user or one channel may ask.")
    static let mode = Key(
      "mode", Values.choice(RuleMode.self), fallback: "live", "`shadow` decides and records, and does nothing.")
    static let prompt = Key(
      "prompt", Values.template, fallback: "{{message}}", needs: "agent", "What the agent is told; only with `agent`.")
    static let section = SchemaSection(
      name: "rule", phrase: "a rule",
      keys: [
        name.row, when.row, agent.row, say.row, ignore.row, deny.row, session.row, reply.row, busy.row, limit.row,
        mode.row, prompt.row,
      ],
      exactlyOne: ["agent", "say", "ignore", "deny"])
  }

  enum When {
    /// By the table of fields.
    static let keys: [(key: ConditionKey, row: Key<FieldValue>)] = Field.all.map { field in
      (field.key, Key(field.key.rawValue, Values.condition(on: field), fallback: field.fallback, field.summary))
    }
    static let section = SchemaSection(name: "when", phrase: "`when`", keys: keys.map(\.row.row))
  }

  enum Text {
    static let contains = Key(
      "contains", Values.patterns, "The text stands anywhere in the message: what a plain `text: lunch` means.")
    static let word = Key("word", Values.patterns, "It stands there as a word of its own.")
    static let startsWith = Key("starts_with", Values.patterns, "The message begins with it.")
    static let endsWith = Key("ends_with", Values.patterns, "The message ends with it.")
    static let equals = Key("equals", Values.patterns, "The message is it.")
    static let matches = Key(
      "matches", Values.expressions, "The regular expression is found anywhere; it runs in linear time.")
    static let letterCase = Key(
      "case", Values.letterCase, fallback: "insensitive", "Whether upper and lower case differ, for all the others.")
    static let section = SchemaSection(
      name: "text", phrase: "`text`",
      keys: [
        contains.row, word.row, startsWith.row, endsWith.row, equals.row, matches.row, letterCase.row,
      ],
      atLeastOne: ["contains", "word", "starts_with", "ends_with", "equals", "matches"])
  }

  enum Time {
    static let days = Key("days", Values.days, otherwise: "every day", "The days of the week.")
    static let hours = Key(
      "hours", Values.hours, otherwise: "the whole day",
      "The hours; `22:00-06:00` crosses midnight and belongs to the day it begins on.")
    static let zone = Key("zone", Values.zone, otherwise: "the machine's zone", "Whose clock, by its IANA name.")
    static let section = SchemaSection(
      name: "time", phrase: "`time`", keys: [days.row, hours.row, zone.row], atLeastOne: ["days", "hours"])
  }

  enum Session {
    static let scope = Key(
      "scope", Values.choice(SessionScope.self), fallback: "channel",
      """
      Whose conversation: everybody's in the `channel` or the `thread`, the `user`'s anywhere, or the `member`'s, which \
      is the user's in this channel. A `user` session with an `agent` needs a rule that matches direct messages only, \
      `kind: direct` or `trigger: dm`: it would carry private words into a channel.
      """)
    static let idle = Key("idle", Values.duration, otherwise: "never", "The silence after which a new one begins.")
    static let turns = Key(
      "turns", Values.integer(1...1_000_000), otherwise: "never", "The exchanges after which a new one begins.")
    static let context = Key(
      "context", Values.integer(1...50), otherwise: "none",
      "How many posts of the channel before its first message the agent is shown.")
    static let section = SchemaSection(
      name: "session", phrase: "`session`", keys: [scope.row, idle.row, turns.row, context.row])
  }

  enum Reply {
    static let to = Key(
      "to", Values.choice(ReplyDestination.self), fallback: "auto",
      "Where it goes; `auto` answers in the thread when asked in one.")
    static let stream = Key(
      "stream", Values.boolean, fallback: false,
      "Whether the answer appears while it is written, in posts that grow, with the steps of an agent that works."
    )
    static let reactions = Key(
      "reactions", Values.boolean, fallback: true,
      "Whether the question bears an emoji: 👀 an agent is asked, ✅ it has answered, ❌ it failed.")
    static let mentionSender = Key(
      "mention_sender", Values.boolean, fallback: false, "Whether the answer begins with the asker's name.")
    static let maxLength = Key(
      "max_length", Values.integer(200...16_383), fallback: .int(ReplyPolicy.defaultMaxLength),
      "The most characters a post may hold before the answer is split; Mattermost takes 16,383.")
    static let section = SchemaSection(
      name: "reply", phrase: "`reply`",
      keys: [to.row, stream.row, reactions.row, mentionSender.row, maxLength.row])
  }

  enum Busy {
    static let mode = Key(
      "mode", Values.choice(BusyMode.self), fallback: "queue",
      """
      `queue`: the post waits; `steer`: it reaches the running answer; `interrupt`: it stops it; `reject`: it is turned \
      away.
      """)
    static let max = Key(
      "max", Values.integer(1...1_000), fallback: .int(BusyPolicy.defaultMax), "The most posts that may wait.")
    static let section = SchemaSection(name: "busy", phrase: "`busy`", keys: [mode.row, max.row])
  }

  enum Limit {
    static let perUser = Key("per_user", Values.rate, "How much each user may ask.")
    static let perChannel = Key("per_channel", Values.rate, "How much may be asked in each channel.")
    static let section = SchemaSection(
      name: "limit", phrase: "`limit`", keys: [perUser.row, perChannel.row], atLeastOne: ["per_user", "per_channel"])
  }

  enum Intake {
    static let maxAge = Key(
      "max_age", Values.duration, fallback: "15m",
      """
      How old a post may be that was missed while edgecrab was not connected: an older one is recorded, not answered. More \
      than 29 days count as 29.
      """)
    static let poll = Key(
      "poll", Values.duration, fallback: "5s",
      "How often the server is asked for new posts while the event socket cannot be had.")
    static let bots = Key(
      "bots", Values.rate, fallback: "20/min",
      "How much bots, webhooks and plugins are answered in each channel; at more, they are paused for that long.")
    static let maxFiles = Key(
      "max_files", Values.integer(0...10), fallback: .int(IntakePolicy.defaultFilesMax),
      "The most files of one message that reach an agent; of more, its sender is told.")
    static let maxFileSize = Key(
      "max_file_size", Values.size, fallback: "20MB",
      "The most bytes that a file of a message may have; a larger one does not reach the agent, and its sender is told."
    )
    static let fileTypes = Key(
      "file_types", Values.oneOrMany(Values.mediaRange), fallback: "*/*",
      "Which files reach an agent, by the media type that Mattermost tells.")
    static let section = SchemaSection(
      name: "intake", phrase: "`intake`",
      keys: [maxAge.row, poll.row, bots.row, maxFiles.row, maxFileSize.row, fileTypes.row])
  }

  enum Turns {
    static let max = Key(
      "max", Values.integer(1...1_000), fallback: .int(TurnLimits.defaultMax),
      "The most messages that agents answer at once; the others wait.")
    static let perUser = Key(
      "per_user", Values.integer(1...1_000), otherwise: "a quarter of `max`, at least 1",
      "The most of them that one person may have, so that others find room; no more than `max`.")
    static let section = SchemaSection(name: "turns", phrase: "`turns`", keys: [max.row, perUser.row])
  }

  enum Journal {
    static let facts = Key(
      "facts", Values.boolean, fallback: true, "Whether decisions are recorded, with who wrote where and when.")
    static let text = Key("text", Values.boolean, fallback: false, "Whether messages are recorded as well.")
    static let keep = Key("keep", Values.duration, fallback: "30d", "How long an event is kept.")
    static let maxEvents = Key(
      "max_events", Values.integer(1...10_000_000), fallback: .int(JournalPolicy.defaultMaxEvents),
      "The most events that are kept; the oldest are forgotten first.")
    static let section = SchemaSection(
      name: "journal", phrase: "`journal`", keys: [facts.row, text.row, keep.row, maxEvents.row])
  }

  enum Test {
    static let name = Key("name", Values.text, isRequired: true, "What the test says.")
    static let given = Key("given", Values.given, isRequired: true, "The post.")
    static let expect = Key("expect", Values.expect, isRequired: true, "What must come of it.")
    static let section = SchemaSection(name: "test", phrase: "a test", keys: [name.row, given.row, expect.row])
  }

  enum Given {
    static let user = key(.user, Values.userName)
    static let channel = key(.channel, Values.channelName)
    static let team = key(.team, Values.teamName)
    static let text = key(.text, Values.message)
    static let at = Key(
      "at", Values.moment, otherwise: "now", "When: ISO 8601 with a zone, or milliseconds since 1970.")
    /// The facts that have few values, by the table of fields.
    static let facts: [(key: ConditionKey, row: Key<String>)] = Field.given.compactMap { field in
      field.domain.map { (field.key, key(field.key, Values.value(of: $0))) }
    }
    static let section = SchemaSection(
      name: "given", phrase: "`given`",
      keys: Field.given.compactMap { field in rows.first { $0.name == field.key.rawValue } } + [at.row])

    private static let rows = [user.row, channel.row, team.row, text.row] + facts.map(\.row.row)

    private static func key<Value>(_ key: ConditionKey, _ reader: ValueReader<Value>) -> Key<Value> {
      let given = key.field.given
      return Key(
        key.rawValue, reader, fallback: given?.fallback, otherwise: given?.otherwise, given?.summary ?? "")
    }
  }

  enum Expect {
    static let rule = Key("rule", Values.expectedRule, "The rule that decides, or `none`.")
    static let agent = Key("agent", Values.agentName, "The agent that answers.")
    static let command = Key("command", Values.boundCommand, "The command that runs.")
    static let session = Key("session", Values.choice(SessionScope.self), "Whose conversation it is.")
    static let say = Key(
      "say", Values.writtenTemplate,
      "The text that is posted, as it is written: `{{user}}` is `{{user}}`, whoever asks.")
    static let deny = Key(
      "deny", Values.writtenTemplate, "What the asker is told instead of an answer, as it is written.")
    static let ignore = Key("ignore", Values.boolean, "Whether nothing at all happens.")
    static let section = SchemaSection(
      name: "expect", phrase: "`expect`",
      keys: [rule.row, agent.row, command.row, session.row, say.row, deny.row, ignore.row],
      atLeastOne: ["rule", "agent", "command", "session", "say", "deny", "ignore"])
  }
}

extension SchemaSection {
  /// Returns whether this is the section of a rule, and the key is one of `when`, which is easily forgotten.
  func isOfWhen(_ key: String) -> Bool {
    name == Schema.RuleMap.section.name && Schema.When.section.key(key) != nil
  }
}
