import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import Gateway
import Journal
import RuleEngine

struct RulesExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why a post is answered, or not.",
    discussion: """
      The post is given by options, in the words of a test's `given`; or as lines of \
      JSON with these keys, in a file or on standard input (-); or as the gateway \
      recorded it (--last, --post); or by its id or its permalink on the server \
      (--online), for which MATTERMOST_URL and MATTERMOST_TOKEN are read as \
      `gateway start` reads them.

      It shows the rules in the order in which they are asked: of each, the first \
      condition that fails, with what it expected and what it found; the one that \
      decides, with what it does. Where nobody answers, it shows the smallest change \
      of the post that would be answered. Of a post that the gateway recorded, it \
      shows what was decided then, and what came of it.

      Exit codes: 0, or 2 where the rules or the post cannot be read.
      """)

  @Argument(help: "A file of events, one a line as JSON; - is standard input.", completion: .file())
  var events: String?

  @Option(
    help: ArgumentHelp(
      "The rules file. Without it: rules.yaml in edgecrab's folder, else the built-in rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @OptionGroup(title: "The post")
  var given: PostOptions

  @Option(
    help: ArgumentHelp(
      """
      The bot's name, by which --text calls it. Without it: `bot` of the rules file, else the name at the gateway's last \
      start, else edgecrab.
      """, valueName: "name"))
  var bot: BotNameArgument?

  @Option(help: ArgumentHelp("A post on the server, by its id or its permalink.", valueName: "post"))
  var online: String?

  @Option(help: ArgumentHelp("The posts that the gateway recorded last.", valueName: "count"))
  var last: Int?

  @Option(help: ArgumentHelp("A post that the gateway recorded.", valueName: "id"))
  var post: String?

  @Option(help: "How to print it.")
  var format: Format = .human

  @Flag(help: "Show every rule of a long file, not only those that came near.")
  var all = false

  enum Format: String, CaseIterable, ExpressibleByArgument { case human, json }

  func validate() throws {
    let ways = [events, online, post, last.map { "\($0)" }].count { $0 != nil } + (given.isGiven ? 1 : 0)
    if ways > 1 { throw ValidationError("give the post in one way: by options, a file, --last, --post or --online") }
    if let last, last < 1 { throw ValidationError("--last takes a number from 1") }
    if ways == 0 { throw ValidationError("give a post: --text \"hello\" --channel dev, or - for lines of JSON") }
  }

  func run() async throws {
    let environment = Environment.current()
    let ruleSet = try (rules.map(RulesLocation.named) ?? .standard(environment)).loadOrExit(environment)
    if let online {
      let found = try await find(online, for: ruleSet, environment)
      let recorded = Self.newestRecord(of: found.event.post, environment)
      return explain(
        EventLine(found.event, teamName: found.teamName), with: try explainer(ruleSet, found.directory),
        recorded: recorded, isMember: found.isMember)
    }
    let assumed = AssumedBot(
      said: bot?.name, rules: ruleSet, lastStart: LastStart.botName(besideStore: environment.storePath))
    let defaults = ruleSet.eventDefaults(at: .now, bot: assumed.name)
    do {
      var lines: [EventLine] = []
      if last != nil || post != nil {
        lines = try recorded(in: JournalFile(reading: environment.journalPath))
      } else if let events {
        try EventFile.forEach(events, defaults: defaults) { _, line in lines.append(line) }
      } else {
        lines = [EventLine(try given.event(defaults))]
      }
      let explainer = try explainer(ruleSet, NameDirectory(learnedFrom: lines, for: ruleSet))
      var textless = try TextlessExplanation(ruleSet)
      for (index, line) in lines.enumerated() {
        if index > 0, format == .human { Output.result("\n") }
        if !line.isAnswerToQuestion, let answer = try textless.explain(line) {
          Output.result(format == .json ? answer.json : answer.text)
        } else {
          explain(
            line, with: explainer, recorded: line.decided == nil && !line.isAnswerToQuestion ? nil : line,
            note: line.hasID ? nil : assumed.note(on: line.event))
        }
      }
    } catch let error
      where error is EventFileError || error is EventLineError || error is JournalError || error is RuleSetError
    {
      throw exit("\(error)")
    }
  }

  private func recorded(in journal: JournalFile) throws -> [EventLine] {
    let lines = try last.map(journal.newest) ?? post.map(journal.events(ofPost:)) ?? []
    if lines.isEmpty { throw exit(RulesCommandTexts.notRecorded(post)) }
    return lines
  }

  /// What the gateway recorded last of a post on the server; nil if it has no journal, or none that can be read.
  private static func newestRecord(of post: String, _ environment: Environment) -> EventLine? {
    try? JournalFile(reading: environment.journalPath).events(ofPost: post).last
  }

  private func explain(
    _ line: EventLine, with explainer: Explainer, recorded: EventLine? = nil, isMember: Bool = true,
    note: String? = nil
  ) {
    let ruleSet = explainer.rules.ruleSet
    let report = ExplanationReport(
      explainer.explain(line.event), of: ruleSet, teamName: line.teamName, isWhole: all, recorded: recorded,
      isMember: isMember, note: note, sessionName: { line.hasID ? line.event.sessionName($0) : nil })
    Output.result(format == .json ? report.json : report.text(Terminal.style))
  }

  private func explainer(_ ruleSet: RuleSet, _ directory: NameDirectory) throws -> Explainer {
    do throws(RuleSetError) {
      return try Explainer(ruleSet, directory: directory)
    } catch {
      throw exit("\(error)")
    }
  }

  private func find(_ reference: String, for ruleSet: RuleSet, _ environment: Environment) async throws -> FetchedPost {
    guard let post = FetchedPost.id(in: reference) else { throw exit(RulesCommandTexts.noPostReference(reference)) }
    let settings: Settings
    do throws(SettingsError) {
      settings = try Settings(environment)
    } catch {
      throw exit("\(error)")
    }
    do throws(GatewayError) {
      return try await FetchedPost.find(
        post, at: settings.url, token: settings.token, certificate: settings.clientCertificate, for: ruleSet,
        storePath: environment.storePath, logger: .quiet)
    } catch {
      throw exit("\(error)")
    }
  }

  /// Says why it could not run.
  private func exit(_ reason: String) -> ExitCode {
    for line in reason.split(separator: "\n") { Output.notice("edgecrab: \(line)") }
    return ExitCode(2)
  }
}
