/// Keys of other programs and of plain English, with the keys of the language that they mean.
private enum KeyRemedies {
  /// Returns the meaning of a key in a section, or `nil` if it is unknown.
  static func remedy(for key: String, in section: String) -> KeyRemedy? {
    let sections = section.hasSuffix(" agent") ? [section, "agent"] : [section]
    return sections.lazy.compactMap { table[$0]?[key.lowercased()] }.first
  }

  private static let table: [String: [String: KeyRemedy]] = [
    "file": file, "access": access, "group": group, "agent": agent, "exec agent": program,
    "acp agent": joined(servers, program), "commands": commands, "command": command, "rule": rule, "when": when,
    "text": text, "time": time, "session": session, "reply": reply, "limit": limit, "test": test, "given": given,
    "expect": expect,
  ]

  private static func all(_ words: [String], _ remedy: KeyRemedy) -> [String: KeyRemedy] {
    Dictionary(uniqueKeysWithValues: words.map { ($0, remedy) })
  }

  private static func joined(_ tables: [String: KeyRemedy]...) -> [String: KeyRemedy] {
    tables.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
  }

  private static let file = joined(
    all(
      ["users", "allow", "allowed", "allowed_users", "allowlist", "whitelist", "allow_from"],
      KeyRemedy("write `access: { users: % }`", meant: ["access"])),
    all(["admin", "admins"], KeyRemedy("write `access: { admin: NAME }`, with one name", meant: ["access"])),
    all(
      ["token", "url", "server", "mattermost", "host"],
      KeyRemedy(
        "the server and the token are set in the environment or in `~/.edgecrab/.env`: MATTERMOST_URL, MATTERMOST_TOKEN"
      )
    ),
    all(["include", "import", "extends"], KeyRemedy("one file holds all rules: copy them into this one")),
    all(["models", "providers", "llm", "bots"], KeyRemedy("write `agents: %`", meant: ["agents"])),
    all(
      ["default", "defaults", "fallback"],
      KeyRemedy("write it as the last rule: a rule without `when` matches what is left")
    ),
    all(["prefix", "prefixes"], KeyRemedy("write `commands: { prefixes: % }`")))

  private static let access = joined(
    all(["allow", "allowed", "allowed_users", "people", "members", "allow_from"], KeyRemedy("write `users: %`")),
    all(["admins", "owner", "owners"], KeyRemedy("write `admin: NAME`, with one name")),
    all(["deny", "message", "text", "reply"], KeyRemedy("write `denied: %`")),
    all(
      ["block", "blocked", "exclude"], KeyRemedy("write a first rule for them: `when: { user: % }` with `ignore: true`")
    ),
    all(
      ["channels", "channel", "teams", "team"],
      KeyRemedy("`access` is about people; a rule's `when` names channels and teams")))

  private static let group = joined(
    all(["members", "people", "names", "user"], KeyRemedy("write `users: %`", meant: ["users", "channels", "teams"])))

  private static let agent = joined(
    all(
      ["url", "endpoint", "api_base", "base", "host", "server", "api_url"],
      KeyRemedy("write it as `base_url`", meant: ["base_url"])),
    all(
      ["key", "token", "apikey", "api-key", "secret", "api_token", "password"],
      KeyRemedy("write `api_key: ${NAME}`, and set the variable NAME in `~/.edgecrab/.env`", meant: ["api_key"])),
    all(
      ["system_prompt", "instructions", "prompt", "persona", "role", "preamble"],
      KeyRemedy("write what the model is told as `system`")),
    all(["provider", "kind", "engine", "backend"], KeyRemedy("write it as `type`", meant: ["type"])),
    all(["deployment", "model_name", "engine_id"], KeyRemedy("write it as `model`", meant: ["model"])),
    all(
      ["description", "name", "title", "comment"],
      KeyRemedy("the agent's name is the key above; write `# …` for a remark")),
    all(["tools", "functions", "mcp"], KeyRemedy("an agent with tools is a program: `type: acp` or `type: exec`")))

  private static let program = joined(
    all(["args", "arguments", "argv"], KeyRemedy("put the arguments into `command`: `command: [PROGRAM, ARGUMENT]`")),
    all(
      ["cmd", "program", "run", "exec", "script", "path", "executable"],
      KeyRemedy("write `command: [PROGRAM, ARGUMENT]`", meant: ["command", "shell"])),
    all(["environment", "variables", "vars"], KeyRemedy("write it as `env`")))

  private static let servers = all(
    ["mcp", "tools", "servers", "mcpservers", "mcp_server", "mcp-servers"],
    KeyRemedy("write it as `mcp_servers`, a list: `mcp_servers: [{ name: NAME, command: [PROGRAM, ARGUMENT] }]`"))

  private static let commands = joined(
    all(["commands", "aliases", "define", "custom"], KeyRemedy("write `bind: %`")))

  private static let command = joined(
    all(
      ["text", "reply", "respond", "response", "message", "answer", "output"],
      KeyRemedy("write `say: %`", meant: ["action", "prompt", "say"])),
    all(["ask", "template", "instruction"], KeyRemedy("write `prompt: %`", meant: ["action", "prompt", "say"])),
    all(
      ["run", "exec", "shell", "command", "script"],
      KeyRemedy(
        "a program is an agent of `type: exec`; the command asks it by `prompt: \"{{args}}\"` and `agent: NAME`",
        meant: ["action", "prompt", "say"])),
    all(["description", "help", "usage", "comment"], KeyRemedy("write a remark instead: `# …`")),
    all(["user", "allow", "allowed_users"], KeyRemedy("write `users: %`")))

  private static let rule = joined(
    all(
      ["respond", "response", "answer", "text", "message", "post", "send", "output"],
      KeyRemedy("write `say: %`", meant: ["agent", "say", "ignore", "deny"])),
    all(
      ["then", "do", "actions", "action"],
      KeyRemedy(
        "write the action of the rule next to `when`: `agent: NAME`, `say: TEXT`, `ignore: true` or `deny: TEXT`",
        meant: ["agent", "say", "ignore", "deny"])),
    all(
      ["if", "match", "matches", "on", "condition", "conditions", "where", "filter"],
      KeyRemedy("write `when: %`", meant: ["when"])),
    all(
      ["agents", "use", "run", "bot", "ask", "model", "route", "to"],
      KeyRemedy("name the agent that answers: `agent: NAME`", meant: ["agent", "say", "ignore", "deny"])),
    all(
      ["reject", "refuse", "block"],
      KeyRemedy("write `deny: TEXT`, or `ignore: true`", meant: ["agent", "say", "ignore", "deny"])),
    all(["skip", "drop", "silent"], KeyRemedy("write `ignore: true`", meant: ["agent", "say", "ignore", "deny"])),
    all(
      ["priority", "order", "weight", "rank"],
      KeyRemedy("the first rule that matches decides: move this one up, and remove `^`")),
    all(
      ["enabled", "disabled", "active", "disable"],
      KeyRemedy(
        "put `#` before the rule's lines to leave it out; `mode: shadow` records what it would do, and does nothing")),
    all(["shadow", "dry_run", "dry-run", "dryrun", "test"], KeyRemedy("write `mode: shadow`")),
    all(
      ["description", "comment", "note", "doc", "summary"],
      KeyRemedy("write a remark: `# …`; a rule's `name` may be a whole sentence")),
    all(["id", "title", "rule", "label"], KeyRemedy("write `name: %`", meant: ["name"])),
    all(["rate", "rate_limit", "ratelimit", "throttle", "limits"], KeyRemedy("write `limit: { per_user: 20/min }`")),
    all(
      ["queue", "concurrency_mode", "when_busy"], KeyRemedy("write `busy: queue`, `steer`, `interrupt` or `reject`")),
    all(
      ["conversation", "scope", "memory", "context"],
      KeyRemedy("write `session: channel`, `thread`, `user` or `member`")),
    all(["continue", "stop", "final"], KeyRemedy("only the first rule that matches decides; remove `^`")))

  private static let when = joined(
    all(["or", "any_of", "anyof", "either", "one_of"], KeyRemedy("write `any: %`")),
    all(
      ["and", "all", "all_of", "allof"],
      KeyRemedy("all keys of `when` must hold: write them directly under `when`, without `^`")),
    all(["except", "unless", "exclude", "none", "none_of", "without"], KeyRemedy("write `not: %`")),
    all(["group", "groups"], KeyRemedy("name it where it applies: `user: group:NAME` or `channel: group:NAME`")),
    all(["keyword", "keywords", "message", "content", "body", "phrase", "includes"], KeyRemedy("write `text: %`")),
    all(["regex", "regexp", "pattern", "re"], KeyRemedy("write `text: { matches: % }`")),
    all(["prefix", "begins_with"], KeyRemedy("write `text: { starts_with: % }`")),
    all(
      ["schedule", "hour", "day", "weekday", "weekdays", "between"],
      KeyRemedy("write `time: { days: mon-fri, hours: 09:00-17:00, zone: Europe/Berlin }`")),
    all(["timezone", "tz"], KeyRemedy("write `time: { zone: % }`, with `days` or `hours`")),
    all(["channel_type", "type", "channel_kind"], KeyRemedy("write `kind: public`, `private`, `group` or `direct`")),
    all(["from", "by", "sender", "who", "people", "username", "person", "member"], KeyRemedy("write `user: %`")),
    all(["in", "room", "where"], KeyRemedy("write `channel: %`")),
    all(
      ["event", "on", "reason", "events"], KeyRemedy("write `trigger: mention`, `dm`, `command`, `thread` or `message`")
    ),
    all(["dm", "direct", "direct_message", "private"], KeyRemedy("write `trigger: dm`")),
    all(["mentions", "mentioned", "tagged"], KeyRemedy("write `trigger: mention`")),
    all(["bot", "is_bot", "bots", "from_bot"], KeyRemedy("write `author: bot`")),
    all(["webhook", "webhooks"], KeyRemedy("write `author: webhook`")),
    all(["has_files", "attachment", "attachments", "has_file"], KeyRemedy("write `files: true`")),
    all(["in_thread", "is_thread", "reply", "is_reply"], KeyRemedy("write `thread: reply`")),
    all(
      ["default", "always", "everything", "else"],
      KeyRemedy("remove `when`: a rule without it matches every message that no rule above matches")))

  private static let text = joined(
    all(["regex", "regexp", "pattern", "re", "match"], KeyRemedy("write `matches: %`", meant: tests)),
    all(["is", "equal", "exact", "exactly"], KeyRemedy("write `equals: %`", meant: tests)),
    all(
      ["prefix", "begins_with", "begins", "start", "starts", "startswith"],
      KeyRemedy("write `starts_with: %`", meant: tests)),
    all(["suffix", "end", "ends", "endswith"], KeyRemedy("write `ends_with: %`", meant: tests)),
    all(
      ["includes", "include", "has", "keyword", "keywords", "any", "contain", "like"],
      KeyRemedy("write `contains: %`", meant: tests)),
    all(["words"], KeyRemedy("write `word: %`", meant: tests)),
    all(["not", "excludes", "not_contains"], KeyRemedy("write `not: { text: % }` under `when`", meant: tests)),
    all(
      ["ignore_case", "case_sensitive", "case_insensitive", "ignorecase"],
      KeyRemedy("write `case: sensitive`; by default, case is ignored")))

  private static let tests: Set<String> = ["contains", "word", "starts_with", "ends_with", "equals", "matches"]

  private static let time = joined(
    all(["timezone", "tz", "time_zone"], KeyRemedy("write `zone: %`")),
    all(
      ["weekdays", "weekday", "on", "day"],
      KeyRemedy("write `days: %`, with `mon`, `tue` and so on", meant: ["days", "hours"])),
    all(["hour", "at", "between", "time"], KeyRemedy("write `hours: 09:00-17:00`", meant: ["days", "hours"])))

  private static let session = joined(
    all(["timeout", "expires", "ttl", "expire", "reset_after", "lifetime"], KeyRemedy("write `idle: %`")),
    all(["type", "mode", "per", "by", "kind"], KeyRemedy("write `scope: %`")),
    all(
      ["history", "memory", "max_messages"],
      KeyRemedy("write `turns: %`, the exchanges after which a new one begins; `history` is a key of an agent")))

  private static let reply = joined(
    all(["in", "where", "target", "type", "mode", "place", "as"], KeyRemedy("write `to: %`")),
    all(["thread", "in_thread", "threaded"], KeyRemedy("write `to: thread`")),
    all(["mention", "mention_user", "tag"], KeyRemedy("write `mention_sender: true`")),
    all(["text", "message", "say"], KeyRemedy("write `say: %` in the rule, next to `reply`")))

  private static let limits: Set<String> = ["per_user", "per_channel"]

  private static let limit = joined(
    all(["per_second", "rps"], KeyRemedy("write `per_user: %/s`, or `per_channel: %/s`", meant: limits)),
    all(["per_minute", "rpm", "minute"], KeyRemedy("write `per_user: %/min`, or `per_channel: %/min`", meant: limits)),
    all(["per_hour", "hour"], KeyRemedy("write `per_user: %/hour`, or `per_channel: %/hour`", meant: limits)),
    all(["per_day", "day", "daily"], KeyRemedy("write `per_user: %/day`, or `per_channel: %/day`", meant: limits)),
    all(
      ["rate", "max", "user", "users", "messages", "requests"], KeyRemedy("write `per_user: 20/min`", meant: limits)),
    all(["channel", "channels"], KeyRemedy("write `per_channel: 60/min`", meant: limits)))

  private static let test = joined(
    all(["then", "want", "result", "expected", "should", "output"], KeyRemedy("write `expect: %`", meant: ["expect"])),
    all(["when", "input", "event", "message", "post", "if"], KeyRemedy("write `given: %`", meant: ["given"])),
    all(["title", "description", "id"], KeyRemedy("write `name: %`", meant: ["name"])))

  private static let given = joined(
    all(["message", "msg", "body", "content"], KeyRemedy("write `text: %`")),
    all(["channel_type", "type"], KeyRemedy("write `kind: public`, `private`, `group` or `direct`")),
    all(["from", "sender", "username", "by"], KeyRemedy("write `user: %`")),
    all(["time", "date", "now", "when", "moment"], KeyRemedy("write `at: 2025-06-02T09:30:00Z`, with a zone")),
    all(
      ["trigger"],
      KeyRemedy("write the text or the kind that makes it one: `text: \"@edgecrab hello\"`, `kind: direct`"))
  )

  private static let expect = joined(
    all(
      ["reply", "answer", "response", "text", "message"],
      KeyRemedy("write `say: %`, or name the `rule` or the `agent`", meant: expected)),
    all(["name", "match", "matches"], KeyRemedy("write `rule: %`", meant: expected)),
    all(["silent", "none", "nothing"], KeyRemedy("write `rule: none`", meant: expected)))

  private static let expected: Set<String> = ["rule", "agent", "command", "session", "say", "deny", "ignore"]
}

/// The correction of a key that the language does not have.
struct KeyRemedy: Sendable {
  /// The keys that it replaces, which are not reported as missing.
  var meant: Set<String>
  /// The text to write instead: `%` is the value in the file, `^` is the key.
  var help: String

  init(_ help: String, meant: Set<String> = []) {
    (self.help, self.meant) = (help, meant)
  }
}

extension SchemaSection {
  /// Returns the correction of an entry whose key the section does not have, with the value of the file, or `nil`
  /// if nothing is likely.
  func remedy(for entry: ConfigEntry, beside entries: [ConfigEntry]) -> KeyRemedy? {
    guard var remedy = special(entry, entries) ?? KeyRemedies.remedy(for: entry.key, in: name) ?? elsewhere(entry.key)
    else {
      return nil
    }
    let isSecret = keys.contains { $0.type == .secret } || SecretScanner.isSecret(key: entry.key)
    remedy.help = remedy.help.replacing("^", with: entry.key.printable)
      .replacing("%", with: isSecret ? "…" : entry.value.flow)
    return remedy
  }

  /// Corrections that depend on the value, or on other keys.
  private func special(_ entry: ConfigEntry, _ entries: [ConfigEntry]) -> KeyRemedy? {
    guard case .scalar(let text, _) = entry.value.value else { return nil }
    switch (name, entry.key) {
    case ("rule", "action") where ["ignore", "deny", "agent", "say"].contains(text):
      let value = text == "ignore" ? "true" : text == "agent" ? "NAME" : "TEXT"
      return KeyRemedy("write `\(text): \(value)`", meant: Set(exactlyOne))
    case ("when", "group"), ("when", "groups"):
      let group = text.hasPrefix("group:") ? String(text.dropFirst("group:".count)) : text
      guard !group.isEmpty, group.utf8.count <= Limits.repeatedScalarsMax, group.unicodeScalars.allSatisfy(\.isOfAName)
      else { return nil }
      return KeyRemedy("name it where it applies: `user: group:\(group)` or `channel: group:\(group)`")
    case ("time", "from"), ("time", "start"), ("time", "to"), ("time", "end"):
      let start = entries.first { ["from", "start"].contains($0.key) }?.value.flow
      let end = entries.first { ["to", "end"].contains($0.key) }?.value.flow
      guard let start, let end else {
        return KeyRemedy("write both ends: `hours: 09:00-17:00`", meant: ["hours", "days"])
      }
      let marks: Set<Character> = ["\"", "'"]
      return KeyRemedy(
        "write `hours: \((start + "-" + end).filter { !marks.contains($0) })`", meant: ["hours", "days"])
    default: return nil
    }
  }

  /// Returns the location of a key of this name: below one of the section's keys, or in another section.
  private func elsewhere(_ key: String) -> KeyRemedy? {
    for own in keys {
      for inner in own.type.sections where inner.key(key) != nil && inner.name != name {
        return KeyRemedy("put it under `\(own.name)`: `\(own.name): { ^: % }`", meant: [own.name])
      }
    }
    if name != Schema.When.section.name, Schema.When.section.key(key) != nil { return nil }
    if ["rule", "when", "command", "file"].contains(name),
      AgentType.allCases.contains(where: { $0.section.key(key) != nil })
    {
      return KeyRemedy("`^` is a key of an agent: put it under `agents`, in the agent that it is for")
    }
    for other in [Schema.RuleMap.section, Schema.File.section] where other.name != name && other.key(key) != nil {
      return KeyRemedy("`^` is a key of \(other.phrase): write it there")
    }
    return nil
  }
}

extension SchemaType {
  /// The sections that a value of this type may be, without those of the items of a list.
  fileprivate var sections: [SchemaSection] {
    switch self {
    case .section(let name): Schema.sections.filter { $0.name == name }
    case .either(let types): types.flatMap(\.sections)
    default: []
    }
  }
}
