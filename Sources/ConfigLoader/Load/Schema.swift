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
      "The bot's name in the file's tests and in `rules explain`. The gateway uses the name of its account instead."
    )
    static let groups = Key(
      "groups", Values.groups, otherwise: "none", "Sets of names, used elsewhere as `group:NAME`.")
    static let access = Key(
      "access", Values.access, otherwise: "everyone may talk to the bot",
      "The users who may talk to the bot; checked before any rule.")
    static let agents = Key("agents", Values.agents, otherwise: "none", "The agents, by the names that rules use.")
    static let commands = Key(
      "commands", Values.commands, otherwise: "prefixes `/` and `!`, the built-in commands",
      "The prefixes of commands, and what each command does.")
    static let rules = Key(
      "rules", Values.rules, isRequired: true,
      "The rules, evaluated from top to bottom; the first that matches decides.")
    static let intake = Key(
      "intake", Values.intake, otherwise: "posts up to 15 minutes old, 20 a minute from bots, files up to 20 MB",
      "The handling of late posts, posts by programs, and attached files.")
    static let turns = Key(
      "turns", Values.turns, otherwise: "64 at once, 16 of one person",
      "How many messages agents answer at once, across all conversations.")
    static let journal = Key(
      "journal", Values.journal, otherwise: "facts for 30 days, no messages",
      "What is recorded about decisions, and for how long.")
    static let tests = Key(
      "tests", Values.tests, otherwise: "none",
      "Tests of the rules, run by `rules check` and `rules test`.")
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
      "The users who may talk to the bot; `*` is everyone. The account that posts counts: \(Author.webhookAccount).")
    static let denied = Key(
      "denied", Values.template, otherwise: "no reply",
      "The reply to everyone else, in direct messages only.")
    static let admin = Key(
      "admin", Values.userName, otherwise: "`{{admin}}` cannot be used", "The user that `{{admin}}` stands for.")
    static let section = SchemaSection(
      name: "access", phrase: "`access`", keys: [users.row, denied.row, admin.row])
  }

  enum CommandsMap {
    static let prefixes = Key(
      "prefixes", Values.prefixes, fallback: ["/", "!"],
      "The punctuation marks that begin a command; `@` and the backtick are not allowed.")
    static let unknown = Key(
      "unknown", Values.choice(UnknownCommand.self), fallback: "hint",
      """
      What happens to a command that is not bound: `hint` suggests the most similar one, if the message is a direct \
      message or mentions the bot; `agent` sends the text to the agent as a message; `ignore` does nothing.
      """)
    static let bind = Key(
      "bind", Values.bindings,
      otherwise: "the built-in ones: `help`, `new` (also `reset`), `stop`, `retry`, `status`, `usage`, `hooks`",
      """
      Commands by name, in addition to the built-in ones. A command with the name of a built-in one replaces it; \
      `usage: false` removes the built-in command `usage`; `usage: true`, or not listing it, keeps it.
      """)
    static let section = SchemaSection(
      name: "commands", phrase: "`commands`", keys: [prefixes.row, unknown.row, bind.row])
  }

  enum Binding {
    static let action = Key("action", Values.choice(BuiltinCommand.self), "A built-in action.")
    static let prompt = Key(
      "prompt", Values.template, "The message to send to an agent; `{{args}}` is the text after the command's name.")
    static let say = Key("say", Values.template, "The text to post.")
    static let aliases = Key(
      "aliases", Values.commandNames, otherwise: "none",
      "Other names for the command; each may occur only once in the file.")
    static let users = Key("users", Values.names(.user), fallback: "*", "The users who may use the command.")
    static let agent = Key(
      "agent", Values.agentName, otherwise: "the rule's agent", needs: "prompt",
      "The agent that receives the `prompt`.")
    static let section = SchemaSection(
      name: "command", phrase: "a command",
      keys: [action.row, prompt.row, say.row, aliases.row, users.row, agent.row],
      exactlyOne: ["action", "prompt", "say"])
  }

  enum RuleMap {
    static let name = Key(
      "name", Values.ruleName, isRequired: true, "The rule's name, unique in the file and not `none`.")
    static let when = Key(
      "when", Values.when, otherwise: "every post by a person", "The conditions, all of which must hold.")
    static let agent = Key("agent", Values.agentName, "The agent that answers.")
    static let say = Key("say", Values.template, "The text to post.")
    static let ignore = Key("ignore", Values.isTrue, "Leaves the post unanswered.")
    static let deny = Key("deny", Values.template, "The text to post as a refusal.")
    static let session = Key(
      "session", Values.session, fallback: "channel",
      """
      The conversation that the post belongs to, and when it ends. `session: thread` is short for `session: { scope: thread }`.
      """)
    static let reply = Key("reply", Values.reply, "Where and how the answer is posted.")
    static let busy = Key(
      "busy", Values.busy, fallback: "queue",
      """
      What happens to a post while the session answers another one. `busy: reject` is short for `busy: { mode: reject }`.
      """)
    static let limit = Key(
      "limit", Values.limit, otherwise: "none", "How many messages one user or one channel may send to agents.")
    static let mode = Key(
      "mode", Values.choice(RuleMode.self), fallback: "live",
      "`shadow` records what the rule would decide, without acting on it.")
    static let prompt = Key(
      "prompt", Values.template, fallback: "{{message}}", needs: "agent",
      "The text to send to the agent; only with `agent`.")
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
      "contains", Values.patterns,
      "The message contains the text; `text: lunch` is short for `text: { contains: lunch }`.")
    static let word = Key("word", Values.patterns, "The message contains the text as a whole word.")
    static let startsWith = Key("starts_with", Values.patterns, "The message begins with the text.")
    static let endsWith = Key("ends_with", Values.patterns, "The message ends with the text.")
    static let equals = Key("equals", Values.patterns, "The message is equal to the text.")
    static let matches = Key(
      "matches", Values.expressions, "The regular expression matches anywhere in the message, in linear time.")
    static let letterCase = Key(
      "case", Values.letterCase, fallback: "insensitive", "Whether the other keys distinguish upper and lower case.")
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
      "The hours; `22:00-06:00` crosses midnight and belongs to the day on which it begins.")
    static let zone = Key("zone", Values.zone, otherwise: "the machine's zone", "The time zone, by its IANA name.")
    static let section = SchemaSection(
      name: "time", phrase: "`time`", keys: [days.row, hours.row, zone.row], atLeastOne: ["days", "hours"])
  }

  enum Session {
    static let scope = Key(
      "scope", Values.choice(SessionScope.self), fallback: "channel",
      """
      Who shares the conversation: everyone in the `channel`, everyone in the `thread`, one `user` everywhere, or \
      one `member`, which is a user in this channel. A `user` session with an `agent` requires a rule that matches only \
      direct messages (`kind: direct` or `trigger: dm`), because it could make private messages visible in a channel.
      """)
    static let idle = Key(
      "idle", Values.duration, otherwise: "never", "The time without messages after which a new conversation begins.")
    static let turns = Key(
      "turns", Values.integer(1...1_000_000), otherwise: "never",
      "The number of exchanges after which a new conversation begins.")
    static let context = Key(
      "context", Values.integer(1...50), otherwise: "none",
      "How many earlier posts of the channel the agent receives with the first message of a conversation.")
    static let section = SchemaSection(
      name: "session", phrase: "`session`", keys: [scope.row, idle.row, turns.row, context.row])
  }

  enum Reply {
    static let to = Key(
      "to", Values.choice(ReplyDestination.self), fallback: "auto",
      "Where the answer is posted; `auto` is the thread if the message is in one, else the channel.")
    static let stream = Key(
      "stream", Values.boolean, fallback: false,
      "Whether an answer that takes longer than two seconds is shown while it is written, including the steps of an `acp` agent."
    )
    static let reactions = Key(
      "reactions", Values.reactions, fallback: true,
      """
      The emoji that the bot adds to the message. `true`: 👀 while the answer takes longer than two seconds, ❌ if the agent \
      has failed; `all`: also ✅ if it has answered; `false`: none.
      """)
    static let mentionSender = Key(
      "mention_sender", Values.boolean, fallback: false,
      "Whether the answer begins by mentioning the author of the message.")
    static let maxLength = Key(
      "max_length", Values.integer(200...16_383), fallback: .int(ReplyPolicy.defaultMaxLength),
      "The maximum number of characters in a post; a longer answer is split. Mattermost allows 16,383.")
    static let section = SchemaSection(
      name: "reply", phrase: "`reply`",
      keys: [to.row, stream.row, reactions.row, mentionSender.row, maxLength.row])
  }

  enum Busy {
    static let mode = Key(
      "mode", Values.choice(BusyMode.self), fallback: "queue",
      """
      `queue`: the post waits; `steer`: the running agent receives it at once; `interrupt`: it stops the running answer; \
      `reject`: it is refused.
      """)
    static let max = Key(
      "max", Values.integer(1...1_000), fallback: .int(BusyPolicy.defaultMax),
      "The maximum number of waiting posts; above it, only users with less than an equal share of it can add posts.")
    static let section = SchemaSection(name: "busy", phrase: "`busy`", keys: [mode.row, max.row])
  }

  enum Limit {
    static let perUser = Key("per_user", Values.rate, "How many messages each user may send to agents.")
    static let perChannel = Key("per_channel", Values.rate, "How many messages may be sent to agents in each channel.")
    static let section = SchemaSection(
      name: "limit", phrase: "`limit`", keys: [perUser.row, perChannel.row], atLeastOne: ["per_user", "per_channel"])
  }

  enum Intake {
    static let maxAge = Key(
      "max_age", Values.duration, fallback: "15m",
      """
      The maximum age of a post that was missed while edgecrab was not connected; an older one is recorded, but not \
      answered. More than 29 days count as 29.
      """)
    static let poll = Key(
      "poll", Values.duration, fallback: "5s",
      "How often edgecrab polls for new posts while the event socket is not available.")
    static let bots = Key(
      "bots", Values.rate, fallback: "20/min",
      "The maximum rate of answers to bots, webhooks and plugins in each channel; beyond it, their posts in the channel are ignored for one period, a minute of `20/min`."
    )
    static let maxFiles = Key(
      "max_files", Values.integer(0...10), fallback: .int(IntakePolicy.defaultFilesMax),
      "The maximum number of files of a message that an agent receives; if there are more, the sender is told.")
    static let maxFileSize = Key(
      "max_file_size", Values.size, fallback: "20MB",
      "The maximum size of a file; the agent does not receive a larger one, and the sender is told."
    )
    static let fileTypes = Key(
      "file_types", Values.oneOrMany(Values.mediaRange), fallback: "*/*",
      "The media types of files that an agent receives, as reported by Mattermost.")
    static let section = SchemaSection(
      name: "intake", phrase: "`intake`",
      keys: [maxAge.row, poll.row, bots.row, maxFiles.row, maxFileSize.row, fileTypes.row])
  }

  enum Turns {
    static let max = Key(
      "max", Values.integer(1...1_000), fallback: .int(TurnLimits.defaultMax),
      "The maximum number of messages that agents answer at once; others wait.")
    static let perUser = Key(
      "per_user", Values.integer(1...1_000), otherwise: "a quarter of `max`, at least 1",
      "The maximum number for one person, so that others are answered, too; at most `max`.")
    static let section = SchemaSection(name: "turns", phrase: "`turns`", keys: [max.row, perUser.row])
  }

  enum Journal {
    static let facts = Key(
      "facts", Values.boolean, fallback: true,
      "Whether decisions are recorded, with the author, channel and time of each post.")
    static let text = Key("text", Values.boolean, fallback: false, "Whether the text of messages is recorded, too.")
    static let keep = Key("keep", Values.duration, fallback: "30d", "How long an event is kept.")
    static let maxEvents = Key(
      "max_events", Values.integer(1...10_000_000), fallback: .int(JournalPolicy.defaultMaxEvents),
      "The maximum number of events; the oldest are deleted first.")
    static let section = SchemaSection(
      name: "journal", phrase: "`journal`", keys: [facts.row, text.row, keep.row, maxEvents.row])
  }

  enum Test {
    static let name = Key("name", Values.text, isRequired: true, "The test's name.")
    static let given = Key("given", Values.given, isRequired: true, "The post.")
    static let expect = Key("expect", Values.expect, isRequired: true, "The expected result.")
    static let section = SchemaSection(name: "test", phrase: "a test", keys: [name.row, given.row, expect.row])
  }

  enum Given {
    static let user = key(.user, Values.userName)
    static let channel = key(.channel, Values.channelName)
    static let team = key(.team, Values.teamName)
    static let text = key(.text, Values.message)
    static let at = Key(
      "at", Values.moment, otherwise: "now", "The time of the post: ISO 8601 with a zone, or milliseconds since 1970.")
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
    static let session = Key("session", Values.choice(SessionScope.self), "The scope of the session.")
    static let say = Key(
      "say", Values.writtenTemplate,
      "The posted text, as written in the rules: placeholders are not filled in.")
    static let deny = Key(
      "deny", Values.writtenTemplate, "The refusal, as written in the rules: placeholders are not filled in.")
    static let ignore = Key("ignore", Values.boolean, "Whether the post is ignored.")
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
