import Core
import RuleEngine

/// The errors of values: E02.
extension Diagnostic {

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
      .missingKey, "this file has tests, but no rules", at: span,
      help: "`edgecrab rules test --rules RULES FILE` runs them; a rules file needs the key `rules`")
  }

  static func missingOne(of keys: [String], in section: SchemaSection, at span: SourceSpan) -> Self {
    Self(
      .missingKey, "\(section.phrase) needs at least one of \(listed(keys))", at: span,
      help: "add one of them, or remove \(section.phrase)")
  }

  static func noValue(_ key: String, expected: SchemaType, at span: SourceSpan) -> Self {
    Self(
      .noValue, "\(called(key)) has no value; it takes \(expected.phrase)", at: span,
      help: "give it a value, or remove it")
  }

  static func outOfRange(_ key: String, _ number: String, _ range: ClosedRange<Int>, at span: SourceSpan) -> Self {
    let nearest = number.hasPrefix("-") || Int(number) ?? .max < range.lowerBound ? range.lowerBound : range.upperBound
    return Self(
      .outOfRange,
      "\(called(key)) must be from \(range.lowerBound.grouped) to \(range.upperBound.grouped), not \(quoted(number))",
      at: span, help: "write `\(nearest)`, or remove it")
  }

  static func unknownVersion(_ version: String, at span: SourceSpan) -> Self {
    Self(
      .unknownVersion, "version \(quoted(version)) of the rules language is not supported", at: span,
      help: "this edgecrab reads `version: 1`")
  }

  static func empty(_ key: String, expected: SchemaType, at span: SourceSpan) -> Self {
    Self(
      .empty, "\(called(key)) is empty; it takes \(expected.phrase)", at: span,
      help: "give it a value, or remove it")
  }

  static func unsetHookVariable(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unsetVariable, "the variable \(quoted(name)) is not set", at: span,
      help: "set it in the environment or in `.env`, or remove it")
  }

  static func unsetVariable(_ name: String, isSecret: Bool, at span: SourceSpan) -> Self {
    if Template.Placeholder(rawValue: name) != nil {
      return Self(
        .unsetVariable, "the variable \(quoted(name)) is not set", at: span,
        help: "write `{{\(name)}}` for the placeholder; `${…}` is an environment variable")
    }
    return Self(
      .unsetVariable, "the variable \(quoted(name)) is not set", at: span,
      help: isSecret
        ? "set it, or write `${\(name):-}` if it is not needed"
        : "set it, or give a default: `${\(name):-…}`")
  }

  static func malformedVariable(at span: SourceSpan) -> Self {
    Self(
      .malformedVariable, "this is not a variable", at: span,
      help: "write `${NAME}` or `${NAME:-text}`; `$${` is `${` itself")
  }

  static func secretInFile(_ key: String, variable: String?, at span: SourceSpan) -> Self {
    Self(
      .secretInFile, "\(called(key)) is a secret and must not be in the file", at: span,
      help: variable.map { "write `${\($0)}` for the variable" } ?? "put it into a variable and write `${NAME}` here")
  }

  static func badDuration(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badDuration, "\(quoted(text)) is not a duration" + orNearest(text.likelyDuration), at: span,
      help: "write a number and a unit, up to 366d: `45s`, `30m`, `2h`, `1d`")
  }

  static func badRate(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badRate, "\(quoted(text)) is not a rate" + orNearest(text.likelyRate), at: span,
      help: "write a number and a unit: `1/s`, `20/min`, `100/hour`, `500/day`")
  }

  static func badHeader(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .badHeader, "the header \(quoted(name)) cannot be set", at: span,
      help: "remove it, or give it a value of printable ASCII; edgecrab sets the headers that HTTP and the API need")
  }

  static func ownBodyKey(_ key: String, isAgents: Bool, at span: SourceSpan) -> Self {
    Self(
      .badBody, "`body` cannot set \(quoted(key)): edgecrab sets it itself", at: span,
      help: isAgents
        ? "set \(quoted(key)) beside `body`, as a key of the agent"
        : "remove it; the messages, and whether the answer is streamed, are not set in `body`")
  }

  static func bodyTooDeep(at span: SourceSpan) -> Self {
    Self(
      .badBody, "lists and maps of `body` are nested deeper than \(Limits.bodyNestingMax)", at: span,
      help: "remove the deepest levels; no endpoint needs so many")
  }

  static func bodyNumber(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badBody, "`body` cannot contain \(quoted(text)): JSON has no such number", at: span,
      help: "write another number, or put it in quotes to send it as a text")
  }

  static func badCurrency(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badCurrency, "\(quoted(text)) is not a currency", at: span,
      help: "write its three capital letters: `EUR`, `USD`, `JPY`")
  }

  static func badSize(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badSize, "\(quoted(text)) is not a size", at: span,
      help: "write a number and a unit, up to 1GB: `500KB`, `20MB`")
  }

  static func badMediaRange(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badMediaRange, "\(quoted(text)) is not a media type", at: span,
      help: "write a type and a subtype, or `*` for all of them: `application/pdf`, `image/*`, `*/*`")
  }

  static func badDay(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badDay, "\(quoted(text)) is not a day" + orNearest(text.likelyDays), at: span,
      help: "write `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`, or from one to another: `mon-fri`")
  }

  static func badHours(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badHours, "\(quoted(text)) is not a range of hours" + orNearest(text.likelyHours), at: span,
      help: text.contains(where: { "-–—".contains($0) })
        ? "write from one time to another: `08:00-18:00`; `22:00-06:00` crosses midnight"
        : "write both ends in one text: `08:00-18:00`; `22:00-06:00` crosses midnight")
  }

  static func badZone(_ text: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .badZone, "there is no time zone \(quoted(text))" + orNearest(nearest), at: span,
      help: "write an IANA name, like `Europe/Berlin` or `UTC`")
  }

  /// - Parameter name: the zone; `nil` for the machine's.
  static func zoneNotRead(_ name: String?, _ problem: TimeZoneError, at span: SourceSpan) -> Self {
    let zone = name.map { "the time zone \(quoted($0))" } ?? "the machine's time zone"
    let (reason, help) =
      switch problem {
      case .unknown: ("it does not exist", "write an IANA name, like `Europe/Berlin` or `UTC`")
      case .noDatabase(let folder):
        ("there are no zones in \(quoted(folder))", "install the package `tzdata`, or write `zone: UTC`")
      case .unreadable(let path, let reason):
        ("\(quoted(path)) is \(reason)", "reinstall the package `tzdata`, or write `zone: UTC`")
      case .machineUnknown(let reason): (reason, "name the zone, like `zone: Europe/Berlin`")
      }
    return Self(.zoneNotRead, "\(zone) cannot be used: \(reason)", at: span, help: help)
  }

  static func badMoment(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badMoment, "\(quoted(text)) is not a date and time", at: span,
      help:
        "write it with its zone, `2025-06-01T09:30:00Z` or `2025-06-01T11:30:00+02:00`, or in milliseconds since 1970")
  }

  static func badAddress(_ key: String, _ problem: WebAddress.Problem, at span: SourceSpan) -> Self {
    Self(
      .badAddress, "\(called(key)) \(problem)", at: span,
      help: "an address looks like `https://example.com/v1`"
        + (problem == .query ? "; its query may have `?api-version=` only" : ""))
  }

  static func badFolder(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badFolder, "\(quoted(text)) is not the path of a folder", at: span,
      help: "write an absolute path, or one below `~/`, without `..`: `/srv/projects/web`")
  }

  static func folderNotUsable(_ problem: String, at span: SourceSpan) -> Self {
    Self(
      .folderNotUsable, problem, at: span,
      help: "the agent cannot answer until the gateway can use the folder; create it, or correct the path")
  }

  static func duplicateServer(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .duplicateServer, "two MCP servers are named \(quoted(name))", at: span, notes: [firstDefined(first)],
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
        "use the name in its link, perhaps `\(link)`, not the display name"
      case .channel: "use the name in its link, like `town-square`, not the display name"
      case .team: "use the name in its link, like `my-team`, not the display name"
      default: "names have letters, digits, `.`, `-` and `_`"
      }
    return Self(.badName, "\(quoted(text)) is not \(role.phrase)", at: span, help: help)
  }

  static func badDeclaredName(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badName, "\(quoted(text)) is not a valid name", at: span,
      help: "names have letters, digits, `.`, `-` and `_`")
  }

  static func badCommandName(_ text: String, at span: SourceSpan) -> Self {
    let bare = String(text.withPlainMarks.drop { !$0.isLetter }).lowercased()
    if bare != text, bare.isCommandName {
      return Self(
        .badName, "\(quoted(text)) is not a valid name of a command; did you mean `\(bare)`?", at: span,
        help: "leave out the prefix, and use lower case")
    }
    return Self(
      .badName, "\(quoted(text)) is not a valid name of a command", at: span,
      help: "begin with a letter, and use `a`-`z`, `0`-`9`, `-` and `_`; leave out the prefix")
  }

  static func badExpression(_ reason: String, of expression: String? = nil, at span: SourceSpan) -> Self {
    let excludes = expression.map { $0.contains("(?!") || $0.contains("(?<!") } ?? false
    let help =
      switch reason {
      case _ where reason.contains("look-around") && excludes:
        "exclude it by `not: { text: … }` beside `text`, both under `when`"
      case _ where reason.contains("look-around"):
        "write `(?:…)` for a group; put what follows into the expression, or into another test"
      case _ where reason.contains("back-reference"): "write the repeated text out, or put `\\` before a `\\`"
      case _ where reason.contains("too large"): "use fewer or smaller counts: `\\w+` for `\\w{1,200}`"
      default: "put `\\` before a literal character, or use `contains`"
      }
    return Self(.badExpression, "bad regular expression: \(reason)", at: span, help: help)
  }

  static func unknownPlaceholder(_ name: String, nearest: String?, known: [String], at span: SourceSpan) -> Self {
    Self(
      .unknownPlaceholder, "there is no placeholder \(quoted("{{\(name)}}"))" + orNearest(nearest.map { "{{\($0)}}" }),
      at: span, help: "the placeholders are \(listed(known.map { "{{\($0)}}" }))")
  }

  static func unclosedPlaceholder(at span: SourceSpan) -> Self {
    Self(.unclosedPlaceholder, "`{{` without a `}}`", at: span, help: "put `}}` after the name")
  }

  static func noAdmin(at span: SourceSpan) -> Self {
    Self(
      .noAdmin, "`{{admin}}` has no value", at: span, help: "set `admin: NAME` under `access`")
  }

  static func badPrefix(_ text: String, at span: SourceSpan) -> Self {
    Self(
      .badPrefix, "\(quoted(text)) is not a valid prefix of commands", at: span,
      help: "use one punctuation mark, like `!`; `@` begins a mention, and a backtick begins code")
  }

  static func malformedSecret(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .malformedSecret,
      "the variable \(quoted(name)) contains a space, a line break or another character that no key has",
      at: span, help: "set it to the key alone")
  }

  static func tooLong(_ key: String, at span: SourceSpan) -> Self {
    Self(
      .tooLong, "\(called(key)) is longer than the limit of \(Limits.patternBytesMax.grouped) bytes",
      at: span,
      help: "search for a part of it")
  }

  static func tooManyVariables(at span: SourceSpan) -> Self {
    let limit = Limits.variableBytesMax / 1024 / 1024
    return Self(
      .tooManyVariables, "the values of variables have more than \(limit) MiB in total", at: span,
      help: "use them less often, or shorten them")
  }

  static func tooManyGroupNames(at span: SourceSpan) -> Self {
    Self(
      .tooManyValues, "with its groups expanded, the file has more than \(Limits.groupNamesMax.grouped) names",
      at: span,
      help: "use large groups in fewer rules")
  }

  static func tooManyExpressions(at span: SourceSpan) -> Self {
    Self(
      .tooManyExpressions, "the file has more than \(Limits.expressionsMax.grouped) different regular expressions",
      at: span,
      help: "use `contains`, `word` or `starts_with` where they suffice")
  }

  static func notBuiltIn(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .notBuiltIn,
      "\(quoted(name)) is not a built-in command; only those can be `true` or `false`" + orNearest(nearest),
      at: span,
      help:
        "the built-in commands are \(listed(BuiltinCommand.allCases.map(\.rawValue))); give a command of your own "
        + "an action, like `\(name.printable): { say: Hello. }`")
  }
}

extension ConfigNode {
  /// The value on one line in YAML's flow style, for a help that repeats it; `…` if it is too long, or may contain a
  /// secret.
  var flow: String { repeated ?? "…" }

  /// Indicates whether a help may repeat the value: it is short, and contains no secret.
  var isRepeatable: Bool { repeated != nil }

  private var repeated: String? { written(Limits.repeatedScalarsMax)?.printable }

  /// Returns the value in flow style, or `nil` if it has more than `scalarsMax` Unicode scalars.
  private func written(_ scalarsMax: Int) -> String? {
    let text: String?
    switch value {
    case .scalar(let scalar, let style):
      guard scalar.utf8.count <= 4 * scalarsMax, !SecretScanner.containsUserInfo(scalar) else { return nil }
      if style == .plain { text = scalar.contains("\n") ? nil : scalar } else { text = YAMLScalar.written(scalar) }
    case .sequence(let items):
      text = Self.joined(items, scalarsMax) { $0.written(scalarsMax) }.map { "[" + $0 + "]" }
    case .mapping(let entries):
      text = Self.joined(entries, scalarsMax) { entry in
        SecretScanner.isSecret(key: entry.key) ? nil : entry.value.written(scalarsMax).map { "\(entry.key): \($0)" }
      }.map { "{ " + $0 + " }" }
    case .broken: text = nil
    }
    return text.flatMap { $0.unicodeScalars.count <= scalarsMax ? $0 : nil }
  }

  /// Returns the joined parts of a list or map, or `nil` if one of them cannot be repeated.
  private static func joined<Part>(_ parts: [Part], _ scalarsMax: Int, _ written: (Part) -> String?) -> String? {
    var texts: [String] = []
    for part in parts {
      // Each part has a comma.
      guard texts.count < scalarsMax, let text = written(part) else { return nil }
      texts.append(text)
    }
    return texts.joined(separator: ", ")
  }
}
