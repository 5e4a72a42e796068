import Core
import RuleEngine

/// Every finding's text, in the order of the codes.
extension Diagnostic {
  // MARK: E01 Reading the file

  static var fileTooLarge: Self {
    let limit = Limits.fileBytesMax / 1024 / 1024
    return Self(
      .fileTooLarge, "the file is larger than \(limit) MiB, the most that is read", at: .fileStart,
      help: "is this the rules file?")
  }

  static func notUTF8(at span: SourceSpan) -> Self {
    Self(.notUTF8, "this is not UTF-8", at: span, help: "save the file as UTF-8")
  }

  static func unknownKey(_ entry: ConfigEntry, in section: SchemaSection, nearest: String?, help: String?) -> Self {
    let (key, span) = (entry.key, entry.keySpan)
    if section.isOfWhen(key) {
      return Self(
        .unknownKey, "a rule has no key \(quoted(key)) of its own", at: span,
        help: "put it under `when`: `when: { \(key): \(entry.value.flow) }`")
    }
    if key == "<<" {
      return Self(
        .unknownKey, "maps are not merged here: `<<` is no key", at: span,
        help: "write the keys out, or use an alias for a whole value: `when: *name`")
    }
    return Self(
      .unknownKey, "unknown key \(quoted(key))" + orNearest(nearest), at: span,
      help: help
        ?? (nearest == nil ? "\(section.phrase) takes \(listed(section.keys.map(\.name), atMost: .max))" : nil))
  }

  static func notYAML(
    _ reason: String, at span: SourceSpan, context: (String, SourceSpan)? = nil, help: String? = nil
  ) -> Self {
    Self(
      .notYAML, "this is not YAML: \(reason)", at: span,
      notes: context.flatMap { $0.1 == span ? nil : [Note(message: $0.0, span: $0.1)] } ?? [], help: help)
  }

  static var emptyFile: Self {
    Self(.emptyFile, "the file is empty", at: .fileStart, help: "a rules file begins with `version: 1`")
  }

  static func severalDocuments(at span: SourceSpan) -> Self {
    Self(.severalDocuments, "a second document begins here", at: span, help: "keep all rules in one document")
  }

  static func nestedTooDeep(at span: SourceSpan) -> Self {
    Self(
      .nestedTooDeep, "lists and maps are nested deeper than \(Limits.nestingMax)", at: span,
      help: "look above for a `[`, a `{` or a `-` too many")
  }

  static func tooManyValues(at span: SourceSpan) -> Self {
    Self(
      .tooManyValues,
      "with aliases written out, the file holds more than \(Limits.nodesMax.grouped) values, or "
        + "\(Limits.scalarBytesMax / 1024 / 1024) MiB of text",
      at: span,
      help: "use fewer aliases")
  }

  static func duplicateKey(_ key: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .duplicateKey, "the key \(quoted(key)) stands here a second time", at: span, notes: [firstDefined(first)],
      help: "keep one of them")
  }

  static func unknownAlias(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unknownAlias, "no anchor \(quoted("&" + name)) stands above", at: span,
      help: "put quotes around a value that begins with `*`")
  }

  static func keyNotText(at span: SourceSpan) -> Self {
    Self(
      .keyNotText, "a key must be a text, not a list or a map", at: span,
      help: "put quotes around a value that begins with `{` or `[`")
  }

  static func tag(_ tag: String, at span: SourceSpan) -> Self {
    Self(
      .tag, "the tag \(quoted(tag)) means nothing here", at: span,
      help: "put quotes around a value that begins with `!`")
  }

  static func tooManyDirectives(line: Int) -> Self {
    Self(
      .tooManyDirectives, "more than \(Limits.directivesMax) lines begin with `%`",
      at: SourceSpan(at: SourcePosition(line: line, column: 1)), help: "take them out: a rules file needs none")
  }

  // MARK: E02 Values

  static func wrongType(_ key: String, expected: SchemaType, found node: ConfigNode) -> Self {
    let help =
      switch (expected, node.value) {
      case _ where TypeMismatchRemedy.cure(key, expected: expected, found: node) != nil:
        TypeMismatchRemedy.cure(key, expected: expected, found: node)
      // What older YAML and other languages write.
      case (.boolean, .scalar(let text, .plain)) where ["yes", "on", "true"].contains(text.lowercased()):
        "did you mean `true`?"
      case (.boolean, .scalar(let text, .plain)) where ["no", "off", "false"].contains(text.lowercased()):
        "did you mean `false`?"
      case (.boolean, .scalar(_, .plain)), (.isTrue, .scalar(_, .plain)): "write \(expected.phrase)"
      case (.integer, .scalar(_, .plain)): "write digits alone, like `10`"
      case (.boolean, .scalar), (.isTrue, .scalar), (.integer, .scalar): "leave the quotes out"
      case (.section, _), (.named, _): "write it as keys with their values: `key: value`"
      case (.list, _): "begin each of its items with `- `"
      case (_, .scalar): "put quotes around it to make it a text"
      default: "write the value itself in its place"
      }
    return Self(
      .wrongType, "\(called(key)) must be \(expected.phrase), not \(node.phrase)", at: node.headSpan, help: help)
  }

  static func wrongValue(
    _ key: String, _ text: String, allowed: [String], nearest: String?, at span: SourceSpan
  ) -> Self {
    Self(
      .wrongValue, "\(called(key)) cannot be \(quoted(text))" + orNearest(nearest), at: span,
      help: key == "type" && text.lowercased().hasPrefix("claude")
        ? "`anthropic` is Anthropic's API; Claude Code is a program: `type: acp` with `command: [claude-code-acp]`"
        : "it takes \(listed(allowed, "or"))")
  }

  static func missingKey(_ key: String, expected: SchemaType, in section: String, at span: SourceSpan) -> Self {
    let help =
      switch key {
      case "version": "begin the file with `version: 1`"
      case "rules": "list them under `rules:`; `edgecrab rules new` prints a file to start from"
      default: "add `\(key):`, which takes \(expected.phrase)"
      }
    return Self(.missingKey, "\(section) needs the key \(quoted(key))", at: span, help: help)
  }

  static func testsWithoutRules(at span: SourceSpan) -> Self {
    Self(
      .missingKey, "this file holds tests and no rules", at: span,
      help: "`edgecrab rules test --rules RULES FILE` asks them; a rules file needs the key `rules`")
  }

  static func missingOne(of keys: [String], in section: SchemaSection, at span: SourceSpan) -> Self {
    Self(
      .missingKey, "\(section.phrase) needs at least one of \(listed(keys))", at: span,
      help: "add the one that you mean, or take \(section.phrase) out")
  }

  static func noValue(_ key: String, expected: SchemaType, at span: SourceSpan) -> Self {
    Self(
      .noValue, "\(called(key)) has no value; it takes \(expected.phrase)", at: span,
      help: "give it a value, or take it out")
  }

  static func outOfRange(_ key: String, _ number: String, _ range: ClosedRange<Int>, at span: SourceSpan) -> Self {
    let nearest = number.hasPrefix("-") || Int(number) ?? .max < range.lowerBound ? range.lowerBound : range.upperBound
    return Self(
      .outOfRange,
      "\(called(key)) must be from \(range.lowerBound.grouped) to \(range.upperBound.grouped), not \(quoted(number))",
      at: span, help: "write `\(nearest)`, or take it out")
  }

  static func unknownVersion(_ version: String, at span: SourceSpan) -> Self {
    Self(
      .unknownVersion, "version \(quoted(version)) of the language is not known", at: span,
      help: "this edgecrab reads `version: 1`")
  }

  static func empty(_ key: String, expected: SchemaType, at span: SourceSpan) -> Self {
    Self(
      .empty, "\(called(key)) is empty; it takes \(expected.phrase)", at: span,
      help: "write what is meant, or take it out")
  }

  static func unsetHookVariable(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unsetVariable, "the variable \(quoted(name)) is not set", at: span,
      help: "set it in the environment or in `.env`, or take it out")
  }

  static func unsetVariable(_ name: String, isSecret: Bool, at span: SourceSpan) -> Self {
    if Template.Placeholder(rawValue: name) != nil {
      return Self(
        .unsetVariable, "the variable \(quoted(name)) is not set", at: span,
        help: "write `{{\(name)}}` for what a message fills in; `${…}` is a variable of the environment")
    }
    return Self(
      .unsetVariable, "the variable \(quoted(name)) is not set", at: span,
      help: isSecret
        ? "set it, or write `${\(name):-}` where none is needed"
        : "set it, or write what stands in for it: `${\(name):-…}`")
  }

  static func emptyVariable(
    _ name: String, in key: String, at span: SourceSpan, group place: SourceSpan? = nil
  ) -> Self {
    Self(
      .emptyVariable, "the variable \(quoted(name)) is set, but empty", at: span,
      notes: place.map { [Note(message: "the group that takes its members from it", span: $0)] } ?? [],
      help: key == Schema.Access.users.row.name
        ? "set it to who may talk, as in `alice, bob`, or to `*` to let in everyone" : "give it a value")
  }

  static func malformedVariable(at span: SourceSpan) -> Self {
    Self(
      .malformedVariable, "this names no variable", at: span,
      help: "write `${NAME}` or `${NAME:-text}`; `$${` is `${` itself")
  }

  static func secretInFile(_ key: String, variable: String?, at span: SourceSpan) -> Self {
    Self(
      .secretInFile, "\(called(key)) is a secret, which must not stand in the file", at: span,
      help: variable.map { "write `${\($0)}` for the variable" } ?? "put it into a variable and write `${NAME}` here")
  }

  static func badDuration(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badDuration, "\(quoted(text)) is no duration" + orNearest(text.likelyDuration), at: span,
      help: "write a number and a unit, up to 366d: `45s`, `30m`, `2h`, `1d`")
  }

  static func badRate(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badRate, "\(quoted(text)) is no rate" + orNearest(text.likelyRate), at: span,
      help: "write a number and a unit: `1/s`, `20/min`, `100/hour`, `500/day`")
  }

  static func badHeader(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .badHeader, "the header \(quoted(name)) cannot be set", at: span,
      help: "take it out, or give it a value of printable ASCII; edgecrab sets the headers that HTTP and the API need")
  }

  static func ownBodyKey(_ key: String, isAgents: Bool, at span: SourceSpan) -> Self {
    Self(
      .badBody, "`body` cannot set \(quoted(key)): edgecrab sets it itself", at: span,
      help: isAgents
        ? "set \(quoted(key)) beside `body`, as a key of the agent"
        : "remove it; what the model is asked, and that its answer is streamed, is not set in `body`")
  }

  static func bodyTooDeep(at span: SourceSpan) -> Self {
    Self(
      .badBody, "lists and maps of `body` are nested deeper than \(Limits.bodyNestingMax)", at: span,
      help: "take out what is too deep; no endpoint asks for so much")
  }

  static func bodyNumber(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badBody, "`body` cannot hold \(quoted(text)): JSON has no such number", at: span,
      help: "write another number, or put it in quotes to send it as a text")
  }

  static func badCurrency(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badCurrency, "\(quoted(text)) is no currency", at: span,
      help: "write its three capital letters: `EUR`, `USD`, `JPY`")
  }

  static func badSize(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badSize, "\(quoted(text)) is no size", at: span,
      help: "write a number and a unit, up to 1GB: `500KB`, `20MB`")
  }

  static func badMediaRange(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badMediaRange, "\(quoted(text)) is no media type", at: span,
      help: "write a type and a subtype, or `*` for all of them: `application/pdf`, `image/*`, `*/*`")
  }

  static func badDay(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badDay, "\(quoted(text)) is no day" + orNearest(text.likelyDays), at: span,
      help: "write `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`, or from one to another: `mon-fri`")
  }

  static func badHours(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badHours, "\(quoted(text)) are no hours" + orNearest(text.likelyHours), at: span,
      help: text.contains(where: { "-–—".contains($0) })
        ? "write from one time to another: `08:00-18:00`; `22:00-06:00` crosses midnight"
        : "write both ends in one text: `08:00-18:00`; `22:00-06:00` crosses midnight")
  }

  static func badZone(_ text: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .badZone, "there is no time zone \(quoted(text))" + orNearest(nearest), at: span,
      help: "write an IANA name, like `Europe/Berlin` or `UTC`")
  }

  /// A zone that may well be there; nil is the machine's.
  static func zoneNotRead(_ name: String?, _ problem: TimeZoneError, at span: SourceSpan) -> Self {
    let zone = name.map { "the time zone \(quoted($0))" } ?? "the machine's time zone"
    let (reason, help) =
      switch problem {
      case .unknown: ("there is none of that name", "write an IANA name, like `Europe/Berlin` or `UTC`")
      case .noDatabase(let folder):
        ("there are no zones in \(quoted(folder))", "install the package `tzdata`, or write `zone: UTC`")
      case .unreadable(let path, let reason):
        ("\(quoted(path)) is \(reason)", "install the package `tzdata` anew, or write `zone: UTC`")
      case .machineUnknown(let reason): (reason, "say which is meant, like `zone: Europe/Berlin`")
      }
    return Self(.zoneNotRead, "\(zone) cannot be used: \(reason)", at: span, help: help)
  }

  static func badMoment(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badMoment, "\(quoted(text)) is no moment", at: span,
      help:
        "write it with its zone, `2025-06-01T09:30:00Z` or `2025-06-01T11:30:00+02:00`, or in milliseconds since 1970")
  }

  static func badAddress(_ key: String, _ problem: WebAddress.Problem, at span: SourceSpan) -> Self {
    Self(
      .badAddress, "\(called(key)) \(problem)", at: span,
      help: "an address looks like `https://example.com/v1`"
        + (problem == .query ? "; all that may stand in its query is `?api-version=`" : ""))
  }

  static func badFolder(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badFolder, "\(quoted(text)) is not the path of a folder", at: span,
      help: "write an absolute path, or one below `~/`, without `..`: `/srv/projects/web`")
  }

  static func folderNotUsable(_ problem: String, at span: SourceSpan) -> Self {
    Self(
      .folderNotUsable, problem, at: span,
      help: "the agent cannot answer until the folder can be used where the gateway runs; make it, or correct the path")
  }

  static func duplicateServer(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .duplicateServer, "two MCP servers are called \(quoted(name))", at: span, notes: [firstDefined(first)],
      help: "give each server its own name")
  }

  static func badName(_ text: String, _ role: NameRole, at span: SourceSpan) -> Self {
    let plain = text.withPlainMarks
    let link = plain.lowercased().split { $0 == " " || $0 == "#" || $0 == "~" }.joined(separator: "-")
    let several = plain.split { ";|/".contains($0) }.map { $0.filter { $0 != " " } }
    let help: String? =
      switch role {
      case .user where text.hasSuffix(";") || several.count > 1: "write several names as a list: `[alice, bob]`"
      case _ where plain != text && plain[...].name(role) != nil: "write `\(plain)`"
      case .channel where text.hasPrefix("#") && link[...].name(role) != nil: "write `\(link)`"
      case .channel where link != text && link[...].name(role) != nil:
        "use the name in its link, maybe `\(link)`, not the one that is shown"
      case .channel: "use the name in its link, like `town-square`, not the one that is shown"
      case .team: "use the name in its link, like `my-team`, not the one that is shown"
      default: "names hold letters, digits, `.`, `-` and `_`"
      }
    return Self(.badName, "\(quoted(text)) is not \(role.phrase)", at: span, help: help)
  }

  static func badDeclaredName(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badName, "\(quoted(text)) cannot be a name", at: span,
      help: "names hold letters, digits, `.`, `-` and `_`")
  }

  static func badCommandName(_ text: String, at span: SourceSpan) -> Self {
    let bare = String(text.withPlainMarks.drop { !$0.isLetter }).lowercased()
    if bare != text, bare.isCommandName {
      return Self(
        .badName, "\(quoted(text)) cannot be a command's name; did you mean `\(bare)`?", at: span,
        help: "the prefix is not part of the name, and letters are small")
    }
    return Self(
      .badName, "\(quoted(text)) cannot be a command's name", at: span,
      help: "begin with a letter, and go on with `a`-`z`, `0`-`9`, `-` and `_`; the prefix is not part of the name")
  }

  static func badExpression(_ reason: String, of expression: String? = nil, at span: SourceSpan) -> Self {
    let excludes = expression.map { $0.contains("(?!") || $0.contains("(?<!") } ?? false
    let help =
      switch reason {
      case _ where reason.contains("look-around") && excludes:
        "say what must not be there by itself: `not: { text: … }` beside `text`, both under `when`"
      case _ where reason.contains("look-around"):
        "write `(?:…)` for a group; what must be there as well is a part of the expression, or a test of its own"
      case _ where reason.contains("back-reference"): "write out what may be repeated, or put `\\` before a `\\`"
      case _ where reason.contains("too large"): "use fewer or smaller counts: `\\w+` for `\\w{1,200}`"
      default: "put `\\` before a sign that stands for itself, or use `contains`"
      }
    return Self(.badExpression, "bad regular expression: \(reason)", at: span, help: help)
  }

  static func unknownPlaceholder(_ name: String, nearest: String?, known: [String], at span: SourceSpan) -> Self {
    Self(
      .unknownPlaceholder, "nothing is called \(quoted("{{\(name)}}"))" + orNearest(nearest.map { "{{\($0)}}" }),
      at: span, help: "there are \(listed(known.map { "{{\($0)}}" }))")
  }

  static func unclosedPlaceholder(at span: SourceSpan) -> Self {
    Self(.unclosedPlaceholder, "`{{` without a `}}`", at: span, help: "put `}}` behind the name")
  }

  static func noAdmin(at span: SourceSpan) -> Self {
    Self(
      .noAdmin, "`{{admin}}` names nobody", at: span, help: "say who it is with `admin: NAME` under `access`")
  }

  static func badPrefix(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badPrefix, "\(quoted(text)) cannot begin a command", at: span,
      help: "use one punctuation mark, like `!`; `@` begins a name, and a backtick code")
  }

  static func malformedSecret(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .malformedSecret, "the variable \(quoted(name)) holds a space, a line break or another character that no key has",
      at: span, help: "set it to the key alone")
  }

  static func tooLong(_ key: String, at span: SourceSpan) -> Self {
    Self(
      .tooLong, "\(called(key)) is longer than \(Limits.patternBytesMax.grouped) bytes, the most that is looked for",
      at: span,
      help: "look for a part of it")
  }

  static func tooManyVariables(at span: SourceSpan) -> Self {
    let limit = Limits.variableBytesMax / 1024 / 1024
    return Self(
      .tooManyVariables, "variables put more than \(limit) MiB into the file", at: span,
      help: "name them less often, or make them shorter")
  }

  static func tooManyGroupNames(at span: SourceSpan) -> Self {
    Self(
      .tooManyValues, "with groups written out, the file holds more than \(Limits.groupNamesMax.grouped) names",
      at: span,
      help: "name large groups in fewer rules")
  }

  static func tooManyExpressions(at span: SourceSpan) -> Self {
    Self(
      .tooManyExpressions, "the file holds more than \(Limits.expressionsMax.grouped) different regular expressions",
      at: span,
      help: "use `contains`, `word` or `starts_with` where they will do")
  }

  static func notBuiltIn(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .notBuiltIn,
      "\(quoted(name)) is not a built-in command, which alone can be `true` or `false`" + orNearest(nearest),
      at: span,
      help:
        "the built-in commands are \(listed(BuiltinCommand.allCases.map(\.rawValue))); say what a command of your own "
        + "does, like `\(name.printable): { say: Hello. }`")
  }

  // MARK: E03 Names of other parts of the file

  static func undefinedAgent(_ name: String, nearest: String?, known: [String], at span: SourceSpan) -> Self {
    Self(
      .undefinedAgent, "there is no agent \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil
        ? "declare it under `agents`" + (known.isEmpty ? "" : ", or name one that is there: \(listed(known, "or"))")
        : nil)
  }

  static func undefinedGroup(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .undefinedGroup, "there is no group \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil ? "declare it under `groups`" : nil)
  }

  static func undefinedCommand(
    _ name: String, nearest: String?, at span: SourceSpan, removed: SourceSpan? = nil
  ) -> Self {
    if let removed {
      return Self(
        .undefinedCommand, "there is no command \(quoted(name))", at: span,
        notes: [Note(message: "the file removes it here", span: removed)],
        help: "take `\(name): false` out of `bind`, or name another command")
    }
    return Self(
      .undefinedCommand, "there is no command \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil ? "bind \(quoted(String(name.drop { !$0.isLetter }))) under `commands`" : nil)
  }

  static func undefinedRule(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .undefinedRule, "there is no rule \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil ? "`none` is for no rule at all" : nil)
  }

  static func groupLacks(_ role: NameRole, _ group: String, at span: SourceSpan, group place: SourceSpan?) -> Self {
    Self(
      .groupLacks, "the group \(quoted(group)) holds no \(role.rawValue)s", at: span,
      notes: place.map { [Note(message: "the group is declared here", span: $0)] } ?? [],
      help: "add `\(role.rawValue)s:` to the group, or name another one")
  }

  static func groupInGroup(_ group: String, at span: SourceSpan) -> Self {
    Self(
      .groupInGroup, "a group cannot hold the group \(quoted(group))", at: span,
      help: "name both groups where they are used")
  }

  // MARK: E04 Rules

  static func noAction(in section: SchemaSection, at span: SourceSpan) -> Self {
    Self(
      .noAction, "\(section.phrase) must do something", at: span,
      help: "say what with one of \(listed(section.exactlyOne))")
  }

  static func severalActions(_ second: ConfigEntry, first: ConfigEntry, in section: SchemaSection) -> Self {
    Self(
      .severalActions, "\(section.phrase) cannot have both \(quoted(first.key)) and \(quoted(second.key))",
      at: second.keySpan, notes: [Note(message: "the first of them", span: first.keySpan)],
      help: "keep exactly one of \(listed(section.exactlyOne))")
  }

  static func ignoreFalse(at span: SourceSpan) -> Self {
    Self(.ignoreFalse, "`ignore: false` says nothing", at: span, help: "remove it and say what the rule does")
  }

  static func duplicateRule(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .duplicateRule, "two rules are called \(quoted(name))", at: span, notes: [firstDefined(first)],
      help: "give each rule its own name")
  }

  static func reservedRuleName(at span: SourceSpan) -> Self {
    Self(
      .reservedRuleName, "a rule cannot be called `none`, which tests use for no rule at all", at: span,
      help: "give it another name")
  }

  static func userSessionInChannel(at span: SourceSpan) -> Self {
    Self(
      .userSessionInChannel,
      "this rule matches in channels, where a `user` session would make public what was said in private", at: span,
      help: "use `member`, the user's session in this channel, or limit the rule to `kind: direct`")
  }

  static func uselessKey(_ key: String, without other: String, at span: SourceSpan) -> Self {
    Self(
      .uselessKey, "\(quoted(key)) does nothing without \(quoted(other))", at: span,
      help: "add \(quoted(other)), or take \(quoted(key)) out")
  }

  // MARK: E05 Agents and commands

  static func commandTaken(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .commandTaken, "the command \(quoted(name)) is already bound", at: span, notes: [firstDefined(first)],
      help: "give one of them another name")
  }

  // MARK: E06 Names that a server was asked for

  static func unknownName(_ unknown: UnknownName, at span: SourceSpan) -> Self {
    let name = quoted(unknown.name)
    switch (unknown.role, unknown.reason) {
    case (.channel, .notJoined):
      return Self(
        .unknownName, "the bot is not in the channel \(name), so it hears nothing there", at: span,
        help: "add the bot to the channel")
    case (.channel, .archived):
      return Self(
        .unknownName, "the channel \(name) is archived, so nobody can post there", at: span,
        help: "restore the channel, or take its name out of the file")
    case (.team, .unknown(let nearest)):
      return Self(
        .unknownName, "the bot is in no team \(name)\(orNearest(nearest))", at: span,
        help: nearest == nil ? "add the bot to the team; its name is what stands in its links" : nil)
    case (let role, .unknown(let nearest)):
      return Self(
        .unknownName, "the server knows no \(role.rawValue) \(name)\(orNearest(nearest))", at: span,
        help: nearest == nil && role == .channel ? "a channel's name is what stands in its links" : nil)
    case (let role, .notJoined), (let role, .archived):
      return Self(.unknownName, "the bot does not reach the \(role.rawValue) \(name)", at: span)
    }
  }

  // MARK: E0602, W0212 Agents that were looked at

  static func agent(_ look: AgentDiagnosis, at span: SourceSpan) -> Self {
    Self(
      look.isUsable ? .agentDoubtful : .agentNotReady, "the agent \(quoted(look.agent)): \(look.text)", at: span,
      help: look.cure.isEmpty ? nil : look.cure)
  }

  // MARK: W01 What is never used

  static func unusedAgent(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unusedAgent, "no rule and no command uses the agent \(quoted(name))", at: span,
      help: "name it in a rule's `agent`, or take it out")
  }

  static func unusedGroup(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unusedGroup, "nothing uses the group \(quoted(name))", at: span,
      help: "write `group:\(name)` where it is meant, or take it out")
  }

  // MARK: W02 What is hardly meant

  static func botsWithoutLimit(_ rule: String, _ authors: [String], at span: SourceSpan) -> Self {
    Self(
      .botsWithoutLimit, "the rule \(quoted(rule)) answers \(listed(authors)) authors without a limit", at: span,
      help: "two machines can answer each other for ever; add `limit: {per_channel: 10/min}`")
  }

  static func programsOfAnyAccount(_ rule: String, _ authors: [Author], at span: SourceSpan) -> Self {
    let cure = "say by `user` which accounts are meant"
    return Self(
      .programsOfAnyAccount,
      "the rule \(quoted(rule)) has an agent answer \(listed(authors.map(\.rawValue))) authors of any account",
      at: span,
      help: authors == [.bot]
        ? cure
        : "any member's post can claim to be a webhook's or a plugin's, and \(Author.webhookAccount): \(cure)")
  }

  static func endpointPathInURL(_ path: String, at span: SourceSpan) -> Self {
    Self(
      .endpointPathInURL, "`base_url` ends in \(quoted(path)), and edgecrab adds the path of a request itself",
      at: span,
      help: "remove \(quoted(path)), as in `http://localhost:11434/v1`")
  }

  static func noVersionInURL(at span: SourceSpan) -> Self {
    Self(
      .noVersionInURL, "`base_url` has no version in its path, and most endpoints have one", at: span,
      help: "add it if yours has one, as in `http://localhost:11434/v1`")
  }

  static func everyMessage(_ rule: String, at span: SourceSpan) -> Self {
    Self(
      .everyMessage, "the rule \(quoted(rule)) answers every message in every channel", at: span,
      help: "limit it with `trigger`, `channel`, `user` or `text`")
  }

  static func noRuleForDirectMessages(at span: SourceSpan) -> Self {
    Self(
      .noRuleForDirectMessages, "no rule answers direct messages", at: span,
      help: "add a rule with `trigger: dm`")
  }

  static func noRuleForMentions(at span: SourceSpan) -> Self {
    Self(.noRuleForMentions, "no rule answers mentions", at: span, help: "add a rule with `trigger: mention`")
  }

  static func unreachableCommand(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unreachableCommand, "the command \(quoted(name)) is bound, and no rule lets it through", at: span,
      help: "add it to a rule's `command`, or add a rule with `trigger: command`")
  }

  static func nobodyCanStop(at span: SourceSpan, removed: Bool, prefixes: [String]) -> Self {
    // Mattermost keeps what begins with `/` to itself, unless a name or a space stands before it.
    let prefix = prefixes.contains("!") ? "!" : prefixes.first { $0 != "/" }
    return Self(
      .nobodyCanStop, "agents answer, and nobody can stop an answer", at: span,
      help: removed
        ? "take it out: then people can " + (prefix.map { "type `\($0)stop`" } ?? "use `stop`")
        : "let a rule with an `agent` through to a command with `action: stop`, and somebody use it")
  }

  static func impossibleRule(
    _ rule: String, _ causes: [Reachability.Cause], at span: SourceSpan,
    others: [(key: ConditionKey, span: SourceSpan)]
  ) -> Self {
    Self(
      .impossibleRule, "the rule \(quoted(rule)) can never match: \(causes.exclusion)", at: span,
      notes: others.map { Note(message: "its `\($0.key.rawValue)`", span: $0.span) },
      help: causes.fact ?? causes.cure)
  }

  static func takenRule(_ rule: String, by maskingRules: [(name: String, span: SourceSpan)], at span: SourceSpan)
    -> Self
  {
    let together = maskingRules.count > 1 ? " together take" : " takes"
    let shown = maskingRules.prefix(Limits.takersShownMax)
    return Self(
      .takenRule,
      "nothing is left for the rule \(quoted(rule)): \(listed(maskingRules.map(\.name)))\(together) all that it could match",
      at: span,
      notes: shown.map { Note(message: "\(quoted($0.name)) is asked first", span: $0.span) },
      help: "put it above, or take it out")
  }

  static func undecidedRules(_ rule: String, more: Int, at span: SourceSpan) -> Self {
    let rules = more > 0 ? "the rule \(quoted(rule)) and \(more) more" : "the rule \(quoted(rule))"
    return Self(
      .undecidedRules, "whether any message comes to \(rules) would take too long to find out", at: span,
      help: "fewer nested `any` and `not` in it and above it make it plainer, to people as well")
  }

  // MARK: W03 What the file expects of itself

  static func expectationFails(_ result: TestResult, at span: SourceSpan) -> Self {
    Self(
      .expectationFails,
      "the test \(quoted(result.test.name)) fails: " + result.differences.map(\.description).joined(separator: "; "),
      at: span, help: result.reasons)
  }

  static func tooManyTests(_ tests: Int, rules: Int, at span: SourceSpan) -> Self {
    Self(
      .tooManyTests, "\(tests.grouped) tests of \(rules.grouped) rules would take too long, so that none is asked",
      at: span,
      help: "keep the tests that matter")
  }

  static func groupAsName(_ group: String, _ role: NameRole, at span: SourceSpan) -> Self {
    let sign = role == .channel ? "~" : "@"
    let orName = role == .team ? "" : ", or `\(sign)\(group)` for the \(role.rawValue) of that name"
    return Self(
      .groupAsName, "\(quoted(group)) is a group of this file, and stands here for a \(role.rawValue)", at: span,
      help: "write `group:\(group)` for the group\(orName)")
  }

  static func singleBraces(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .singleBraces, "\(quoted("{\(name)}")) is posted as it stands", at: span,
      help: "write `{{\(name)}}` for what a message fills in")
  }

  static func noZone(_ zone: String, at span: SourceSpan) -> Self {
    Self(
      .noZone, "these `hours` go by this machine's clock, whose zone is \(quoted(zone))", at: span,
      help: "say whose clock is meant, like `zone: Europe/Berlin`; `zone: \(zone)` means this one on every machine")
  }

  /// - Parameters:
  ///   - word: the first word of the comment, with its `#`.
  ///   - whole: the text and the comment.
  static func commentInText(_ word: String, whole: String, at span: SourceSpan) -> Self {
    let isShort = whole.unicodeScalars.count <= Limits.repeatedScalarsMax
    let text = isShort ? YAMLScalar.doubleQuoted(whole).printable : "\"…\""
    return Self(
      .commentInText, "a comment begins at \(quoted(word)), so it is no part of the text", at: span,
      help: "put quotes around the text: `\(text)`; write `# ` for a comment")
  }

  static func boundaryBeyondASCII(word: String?, at span: SourceSpan) -> Self {
    Self(
      .boundaryBeyondASCII, "`\\b` knows ASCII letters only, and takes the one beside it for none", at: span,
      help: word.map { "write `word: \(YAMLScalar.written($0).printable)` in place of `matches`" }
        ?? "write `(?:^|\\W)` for a `\\b` before a word and `(?:\\W|$)` for one after it, or use `word`")
  }

  static func expressionOfASCII(at span: SourceSpan) -> Self {
    Self(
      .expressionOfASCII, "`\\w`, `\\d` and `\\s` know ASCII only here: for every script, they are counted too often",
      at: span,
      help: "use fewer or smaller counts, like `\\w+` for `\\w{1,200}`, or say `[A-Za-z0-9_]` where that is meant")
  }

  static func expressionAsText(_ text: String, at span: SourceSpan) -> Self {
    let isBare = text.hasPrefix("/") && text.hasSuffix("/") && text.count > 2
    let expression = isBare ? String(text.dropFirst().dropLast()) : text
    return Self(
      .expressionAsText, "\(quoted(text)) is looked for letter by letter", at: span,
      help: "write `text: { matches: \(YAMLScalar.written(expression).printable) }` for a regular expression, or "
        + "`text: { contains: … }` for these very letters")
  }

  // MARK: Phrases

  private static func orNearest(_ name: String?) -> String {
    name.map { "; did you mean \(quoted($0))?" } ?? ""
  }

  private static func firstDefined(_ span: SourceSpan) -> Note { Note(message: "first defined here", span: span) }

  /// A key in a message. The few that begin with an article are names of sections.
  private static func called(_ key: String) -> String { key.hasPrefix("a ") ? key : quoted(key) }
}

extension [Reachability.Cause] {
  /// What excludes what.
  fileprivate var exclusion: String {
    if self == [.access, .key(.user)] { return "`access` lets in nobody whom its `user` names" }
    let phrases = map(\.phrase)
    guard let last = phrases.last, phrases.count > 1 else { return (phrases.first ?? "nothing") + " never holds" }
    return phrases.dropLast().joined(separator: ", ") + " and " + last + " exclude each other"
  }

  /// What mends it whatever stands in the file.
  fileprivate var cure: String { count > 1 ? "take one of them out" : "take something out of it, or all of it" }

  /// Why that is so, where it is no matter of what stands in the file.
  fileprivate var fact: String? {
    let causes = Set(self)
    if causes.contains(.access) { return "`access` is asked before any rule" }
    if causes.contains(.onlyPeople) { return "a rule that asks for no `author` takes only people" }
    if causes.contains(.noEdits) { return "a rule that asks for no `edited` takes no edits" }
    if causes.contains(.key(.team)), !causes.isDisjoint(with: [.key(.kind), .key(.trigger)]) {
      return "direct and group channels belong to no team"
    }
    if causes.isSuperset(of: [.key(.trigger), .key(.kind)]) {
      return "`trigger: dm` holds in direct channels, and only there"
    }
    if causes.isSuperset(of: [.key(.trigger), .key(.thread)]) { return "`trigger: thread` holds for replies only" }
    return nil
  }
}

extension Reachability.Cause {
  fileprivate var phrase: String {
    switch self {
    case .key(let key): "its `\(key.rawValue)`"
    case .onlyPeople: "the default `author: human`"
    case .noEdits: "the default `edited: false`"
    case .access: "`access`"
    }
  }
}

extension ConfigNode {
  /// What the value is, for a message.
  fileprivate var phrase: String {
    switch value {
    case .sequence: "a list"
    case .mapping: "a map"
    case .scalar(let text, .plain) where text == "true" || text == "false": text
    case .scalar(let text, .plain) where text.isDecimal: "a number"
    case .scalar(let text, .plain): quoted(text)
    case .scalar: "a text"
    case .broken: "what stands here"
    }
  }
}
