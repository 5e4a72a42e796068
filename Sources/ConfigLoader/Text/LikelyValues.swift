import RuleEngine

/// Translations of values in other notations to that of the language; `nil` if the text is no such value, or if the
/// language refuses the value.
extension String {
  /// Returns the rate; for example, `10 per minute`, `10/minute` and `10/m` as `10/min`.
  var likelyRate: String? {
    let units = [
      ("s", ["s", "sec", "second", "seconds"]), ("min", ["m", "min", "mins", "minute", "minutes"]),
      ("hour", ["h", "hr", "hour", "hours"]), ("day", ["d", "day", "days"]),
    ]
    let parts = lowercased().replacing(" per ", with: "/").filter { $0 != " " }.split(separator: "/")
    guard parts.count == 2, let count = Int(parts[0]), count > 0 else { return nil }
    let rate = units.first { $0.1.contains(String(parts[1])) }.map { "\(count)/\($0.0)" }
    return rate?.rate == nil ? nil : rate
  }

  /// Returns the duration; for example, `30 minutes` as `30m`, `2 weeks` as `14d`.
  var likelyDuration: String? {
    let text = lowercased().filter { $0 != " " }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units = [
      ("s", ["sec", "secs", "second", "seconds"]), ("m", ["min", "mins", "minute", "minutes"]),
      ("h", ["hr", "hrs", "hour", "hours"]), ("d", ["day", "days"]),
    ]
    guard let count = Int(digits), count > 0 else { return nil }
    let unit = String(text.dropFirst(digits.count))
    var likely = units.first { $0.1.contains(unit) }.map { "\(count)\($0.0)" }
    if ["w", "week", "weeks"].contains(unit) {
      let days = count.multipliedReportingOverflow(by: 7)
      likely = days.overflow ? nil : "\(days.partialValue)d"
    }
    return likely?.seconds == nil ? nil : likely
  }

  /// Returns the days; for example, `Monday` as `mon`, `Monday - Friday` as `mon-fri`, `weekdays` as `mon-fri`.
  var likelyDays: String? {
    let text = lowercased().withPlainMarks.replacing(" to ", with: "-").filter { $0 != " " }
    switch text {
    case "weekday", "weekdays", "workdays", "businessdays": return "mon-fri"
    case "weekend", "weekends": return "sat-sun"
    default: break
    }
    let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    let days = text.split(separator: "-").map { word in
      full.first { word.count >= 3 && $0.hasPrefix(word) }.map { $0.prefix(3) }
    }
    guard (1...2).contains(days.count), !days.contains(nil) else { return nil }
    return days.compactMap(\.self).joined(separator: "-")
  }

  /// Returns the hours; for example, `9-17`, `9am - 5pm` and `09:00–17:00` as `09:00-17:00`.
  var likelyHours: String? {
    let text = lowercased().withPlainMarks.replacing(" to ", with: "-").filter { $0 != " " }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.timeOfDay)
    guard ends.count == 2, let start = ends[0], let end = ends[1], start != end, start != "24:00" else {
      return nil
    }
    return start + "-" + end
  }

  private static func timeOfDay(_ text: Substring) -> String? {
    let isAfternoon = text.hasSuffix("pm")
    let digits = isAfternoon || text.hasSuffix("am") ? text.dropLast(2) : text
    let parts = digits.split(separator: digits.contains(".") ? "." : ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), var hour = Int(parts[0]), parts.count == 1 || parts[1].count == 2,
      let minute = parts.count == 2 ? Int(parts[1]) : 0, (0..<60).contains(minute)
    else { return nil }
    if digits.count != text.count {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    guard (0...24).contains(hour), hour < 24 || minute == 0 else { return nil }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return two(hour) + ":" + two(minute)
  }

  /// The text, trimmed, with typographic and full-width characters replaced by plain ones.
  var withPlainMarks: String {
    var plain = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\u{2010}"..."\u{2015}", "\u{2212}": plain += "-"
      case "\u{201C}"..."\u{201F}", "\u{2018}"..."\u{201B}", "«", "»", "\"": break
      case "\u{FF01}"..."\u{FF5E}": plain.unicodeScalars.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
      case "\u{200B}", "\u{2060}", "\u{FEFF}", "\u{AD}": break
      case _ where scalar.properties.isWhitespace: plain += " "
      default: plain.unicodeScalars.append(scalar)
      }
    }
    let start = plain.drop { $0 == " " }
    return String(start.prefix(upTo: start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.startIndex))
  }
}

/// Synonyms of the values of the language that are too different from them to be misspellings.
enum Synonyms {
  /// The values that a word may mean; the first that the key accepts is suggested.
  private static let meanings: [String: [String]] = [
    "all": ["message", "channel-wide"],
    "always": ["message"],
    "any": ["message"],
    "app": ["bot"],
    "azure": ["openai"],
    "bash": ["exec"],
    "channels": ["public"],
    "channel": ["public", "channel-wide"],
    "chat": ["openai"],
    "chatgpt": ["openai"],
    "claude": ["anthropic"],
    "claude-code": ["acp"],
    "command": ["exec"],
    "deepseek": ["openai"],
    "direct": ["dm", "user"],
    "dm": ["direct", "user"],
    "dry-run": ["shadow"],
    "dryrun": ["shadow"],
    "gemini": ["openai"],
    "gpt": ["openai"],
    "gm": ["group"],
    "keyword": ["message"],
    "litellm": ["openai"],
    "llama": ["openai"],
    "llamacpp": ["openai"],
    "lmstudio": ["openai"],
    "local": ["openai"],
    "mistral": ["openai"],
    "off": ["shadow"],
    "ollama": ["openai"],
    "open": ["public"],
    "openai-compatible": ["openai"],
    "openrouter": ["openai"],
    "people": ["human"],
    "person": ["human"],
    "post": ["message"],
    "program": ["exec"],
    "regex": ["message"],
    "root": ["channel"],
    "script": ["exec"],
    "shell": ["exec"],
    "slash": ["command"],
    "stop": ["interrupt"],
    "test": ["shadow"],
    "text": ["message"],
    "user": ["human", "dm"],
    "vllm": ["openai"],
    "wait": ["queue"],
  ]

  static func meaning(of word: String, among words: [String]) -> String? {
    // `@edgecrab` as a trigger is a mention.
    if word.hasPrefix("@"), words.contains("mention") { return "mention" }
    return meanings[word.lowercased()]?.first(where: words.contains)
  }
}
