import ConfigLoader
import Core
import RuleEngine

/// The bytes are a compiled zone, or its rule after a line feed, which is appended to the head of a valid zone.
func brokenByZone(_ bytes: [UInt8]) -> String? {
  for bytes in [bytes, emptyZone + bytes + [UInt8(ascii: "\n")]] {
    guard let changes = try? TZifFile(bytes).changes else { continue }
    guard changes.first?.at == .min, zip(changes, changes.dropFirst()).allSatisfy({ $0.at < $1.at }) else {
      return "the changes are not in order"
    }
    guard changes.allSatisfy({ abs($0.offset) < 26 * 3_600 }) else { return "an offset is more than a day" }
    if let broken = brokenByDeciding(TimeZoneTable(name: "Any/Zone", changes: changes)) { return broken }
  }
  return nil
}

/// The head of a zone without changes, up to its rule.
private let emptyZone =
  head(types: 1) + [UInt8](repeating: 0, count: 10) + head(types: 1) + [UInt8](repeating: 0, count: 10)
  + [UInt8(ascii: "\n")]

private func head(types: UInt8) -> [UInt8] {
  Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15 + 16) + [0, 0, 0, types] + [0, 0, 0, 4]
}

/// Checks that tracer and compiled rules agree at each change and a second before it.
private func brokenByDeciding(_ zone: TimeZoneTable) -> String? {
  var open = Condition()
  open.time = TimeWindow(days: [.mon, .fri], hours: [HourRange(start: 1_320, end: 360)], zone: zone)
  let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
  let rules = RuleSet(rules: [Rule(name: "nights", location: location, when: open, action: .ignore)])
  guard let twins = Twins(rules) else { return "the rules do not compile" }
  for change in zone.changes.dropFirst().suffix(8) {
    for second in [change.at &- 1, change.at] {
      let event = Event(
        post: "post", channel: Channel(id: "dev", name: "dev", kind: .public), user: User(id: "a", name: "a"), text: "",
        botName: "edgecrab", milliseconds: second &* 1_000)
      if let broken = twins.disagreement(about: event) { return broken }
    }
  }
  return nil
}
