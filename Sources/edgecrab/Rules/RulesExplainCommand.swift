import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import Gateway
import Journal
import RuleEngine
import RulesTools
import ServerLookup

struct RulesExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain why a post is answered or not.",
    discussion: """
      The post is described by options, which have the keys of a test's `given`; or \
      by JSON lines with these keys, in a file or on standard input (-); or it is one \
      that the gateway recorded (--last, --post); or one on the server, by its ID or \
      permalink (--online). For --online, MATTERMOST_URL and MATTERMOST_TOKEN are read \
      as by `gateway start`.

      The rules are shown in the order of evaluation: each with its first failing \
      condition, the expected and the actual value; the one that decides, with its \
      action. If there is no answer, the smallest change of the post that would get \
      one is shown; for a recorded post, the recorded decision and its outcome.

      Exit codes: 0, 2 if the rules or the post cannot be read, 64 if the arguments \
      are invalid.
      """)

  @Argument(help: "A file of events, one JSON line each; - is standard input.", completion: .file())
  var events: String?

  @Option(
    help: ArgumentHelp(
      "The rules file. Default: rules.yaml in edgecrab's folder, else the built-in rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @OptionGroup(title: "The post")
  var given: PostOptions

  @Option(
    help: ArgumentHelp(
      """
      The bot's name, as mentioned in --text. Default: `bot` in the rules file, else the name at the gateway's last \
      start, else edgecrab.
      """, valueName: "name"))
  var bot: BotNameArgument?

  @Option(help: ArgumentHelp("A post on the server, by its ID or permalink.", valueName: "post"))
  var online: String?

  @Option(help: ArgumentHelp("The newest recorded posts.", valueName: "count"))
  var last: Int?

  @Option(help: ArgumentHelp("A recorded post.", valueName: "id"))
  var post: String?

  @Option(help: "The output format.")
  var format: Format = .human

  @Flag(help: "Show every rule of a long file, not only the nearest ones.")
  var all = false

  enum Format: String, CaseIterable, ExpressibleByArgument { case human, json }

  func validate() throws {
    let ways = [events, online, post, last.map { "\($0)" }].count { $0 != nil } + (given.isGiven ? 1 : 0)
    if ways > 1 { throw ValidationError("describe the post by only one of: options, a file, --last, --post, --online") }
    if let last, last < 1 { throw ValidationError("--last takes a number from 1") }
    if ways == 0 { throw ValidationError("describe a post: --text \"hello\" --channel dev, or - for JSON lines") }
  }

  func run() async throws {
    let environment = Environment.current()
    let ruleSet = try (rules.map(RulesLocation.named) ?? .standard(environment)).loadOrExit(environment)
    if let online {
      try await explain(online: online, ruleSet, environment)
    } else {
      try exitingOnReadError { try explainLines(ruleSet, environment) }
    }
  }

  private func explain(online: String, _ ruleSet: RuleSet, _ environment: Environment) async throws {
    let fetched = try await fetch(online, for: ruleSet, environment)
    // There may be no journal, and the post is explained without it.
    let recorded = try? JournalFile(reading: environment.journalPath).events(ofPost: fetched.event.post).last
    show(
      try exitingOnReadError {
        try ExplanationReport(fetched, by: ruleSet, recorded: recorded, isWhole: all)
      })
  }

  private func explainLines(_ ruleSet: RuleSet, _ environment: Environment) throws {
    let assumed = AssumedBot(
      said: bot?.name, rules: ruleSet, lastStart: PinnedNamesFile(in: environment.home).botName())
    let defaults = ruleSet.eventDefaults(at: Timestamp.now.milliseconds, bot: assumed.name)
    var lines: [EventLine] = []
    if last != nil || post != nil {
      lines = try recorded(in: JournalFile(reading: environment.journalPath))
    } else if let events {
      try EventFile.forEach(events, defaults: defaults) { _, line in lines.append(line) }
    } else {
      lines = [EventLine(try given.event(defaults))]
    }
    var explainer = try EventExplainer(ruleSet, of: lines, isWhole: all)
    for (index, line) in lines.enumerated() {
      if index > 0, format == .human { Output.result("\n") }
      show(try explainer.explain(line, note: line.hasID ? nil : assumed.note(on: line.event)))
    }
  }

  private func recorded(in journal: JournalFile) throws -> [EventLine] {
    let lines = try last.map(journal.newest) ?? post.map { try journal.events(ofPost: PostID($0)) } ?? []
    guard lines.isEmpty else { return lines }
    throw cannotRun(
      post.map { "the journal has no post `\($0)`; to explain it from the server, use --online" }
        ?? "the journal has no events yet")
  }

  private func show(_ explanation: any EventExplanation) {
    Output.result(format == .json ? explanation.json : explanation.text(Terminal.style))
  }

  private func fetch(_ reference: String, for ruleSet: RuleSet, _ environment: Environment) async throws -> FetchedPost
  {
    guard let post = FetchedPost.id(in: reference) else {
      throw cannotRun(
        "`\(reference)` is neither a post ID nor a permalink; copy the link from the post's menu in Mattermost")
    }
    do {
      let settings = try Settings(environment)
      return try await FetchedPost.fetch(
        post, at: settings.url, token: settings.token, certificate: settings.clientCertificate, for: ruleSet,
        home: environment.home, logger: .quiet)
    } catch let error where error is SettingsError || error is ServerLookupError {
      throw cannotRun("\(error)")
    }
  }
}
