import Core
import RuleAnalysis
import RuleEngine
import Testing

/// The analysis of rules with texts and times, and of large rule sets.
@Suite struct ReachabilityTests {
  private static let location = FileLocation(file: "rules.yaml", line: 1, column: 1)

  private func rule(_ change: (inout Condition) -> Void = { _ in }) -> Rule {
    var condition = Condition()
    change(&condition)
    return Rule(name: "rule", location: Self.location, when: condition, action: .agent("echo"))
  }

  private func analysis(_ rules: [Rule], access: NameSet = .everyone) -> RuleAnalysis {
    RuleAnalysis(RuleSet(access: Access(users: access), rules: rules))
  }

  private func isReachable(_ rules: Rule...) -> Bool {
    if case .reachable? = analysis(rules).reachability().last { true } else { false }
  }

  private func contains(_ texts: String..., kind: TextTestKind = .contains, isCaseSensitive: Bool = false) -> TextTest {
    TextTest(kind: kind, patterns: texts, isCaseSensitive: isCaseSensitive)
  }

  private func hours(_ start: Int, _ end: Int, days: Set<Weekday>? = nil, zone: TimeZoneTable = .utc) -> TimeWindow {
    TimeWindow(days: days, hours: [HourRange(start: start * 60, end: end * 60)], zone: zone)
  }

  @Test func `a text masks the same text, and no other`() {
    let lunch = rule { $0.text = [contains("lunch")] }
    #expect(!isReachable(lunch, rule { $0.text = [contains("LUNCH")] }))
    #expect(isReachable(lunch, rule { $0.text = [contains("lunch", isCaseSensitive: true)] }))
    #expect(isReachable(lunch, rule { $0.text = [contains("lunch", kind: .word)] }))
    #expect(isReachable(lunch, rule { $0.text = [contains("lunch", "dinner")] }))
    #expect(isReachable(rule { $0.text = [contains("lunch"), contains("today")] }, lunch))
  }

  @Test func `one of several texts is masked by rules for each`() {
    let rules = ["lunch", "dinner"].map { text in rule { $0.text = [contains(text)] } }
    let found = analysis(rules + [rule { $0.text = [contains("dinner", "lunch")] }]).reachability()
    #expect(found.last == .masked(by: [0, 1]))
  }

  @Test func `times on one clock add up, also across midnight and the end of the week`() {
    let day = rule { $0.time = hours(6, 22) }
    let night = rule { $0.time = hours(22, 6) }
    #expect(analysis([day, night, rule()]).reachability().last == .masked(by: [0, 1]))
    let sundayNight = rule { $0.time = hours(20, 4, days: [.sun]) }
    #expect(!isReachable(sundayNight, rule { $0.time = hours(1, 3, days: [.mon]) }))
    #expect(isReachable(sundayNight, rule { $0.time = hours(1, 5, days: [.mon]) }))
    #expect(isReachable(day, rule { $0.time = hours(6, 22, zone: .lordHowe) }))
  }

  @Test func `an example is within the hours of two zones`() throws {
    let both = rule {
      $0.time = hours(8, 10)
      $0.any = [Condition()]
      $0.any[0].time = hours(19, 20, zone: .lordHowe)
    }
    let analysis = analysis([both])
    guard case .reachable(let situation)? = analysis.reachability().first else {
      Issue.record("not reachable")
      return
    }
    #expect(try ExampleEvents(of: analysis, botName: "edgecrab").event(situation, reaching: 0) != nil)
  }

  @Test(
    arguments: [
      ([.contains: "lunch"], "lunch"), ([.startsWith: "on", .endsWith: "off"], "on off"),
      ([.equals: "hello"], "hello"), ([.matches: #"^build #\d+$"#], "build #1"),
    ] as [([TextTestKind: String], String)])
  func `an example has the texts that its rule asks for`(texts: [TextTestKind: String], body: String) throws {
    let asking = rule {
      $0.text = texts.map { contains($0.value, kind: $0.key) }
      $0.triggers = [.mention]
    }
    let analysis = analysis([asking])
    guard case .reachable(let situation)? = analysis.reachability().first else {
      Issue.record("not reachable")
      return
    }
    let event = try ExampleEvents(of: analysis, botName: "edgecrab").event(situation, reaching: 0)
    #expect(event?.text == "@edgecrab " + body)
  }

  @Test func `an impossible rule names the fewest causes`() {
    func causes(_ rule: Rule, access: NameSet = .everyone) -> [Reachability.Cause] {
      guard case .impossible(let causes)? = analysis([rule], access: access).reachability().first else { return [] }
      return causes
    }
    let direct = rule {
      $0[flag: .files] = true
      $0.triggers = [.dm]
      $0.kinds = [.public, .private]
    }
    #expect(causes(direct) == [.key(.trigger), .key(.kind)])
    let mallory = rule { $0.users = NameSet(["mallory"]) }
    #expect(causes(mallory, access: NameSet(["alice"])) == [.access, .key(.user)])
    let programs = rule {
      $0.not = [Condition()]
      $0.not[0].authors = [.human]
    }
    #expect(causes(programs) == [.fallback(.author), .key(.not)])
    #expect(causes(rule { $0.commands = ["unbound"] }) == [.key(.command)])
  }

  @Test func `one rule that masks all is named before several that do together`() {
    let kinds = ChannelKind.allCases.map { kind in rule { $0.kinds = [kind] } }
    let found = analysis(kinds.dropLast() + [rule(), rule { $0[flag: .files] = true }]).reachability()
    #expect(found.last == .masked(by: [3]))
  }

  @Test func `many rules that share nothing are distinguished in few steps`() {
    let rules = (0..<3_000).map { number in rule { $0.channels = NameSet(["c\(number)"]) } }
    let all = rule { $0.channels = NameSet((0..<3_000).map { "c\($0)" }) }
    let found = analysis(rules + [all]).reachability()
    #expect(found.dropLast().allSatisfy { if case .reachable = $0 { true } else { false } })
    #expect(found.last == .masked(by: Array(0..<3_000)))
  }
}
