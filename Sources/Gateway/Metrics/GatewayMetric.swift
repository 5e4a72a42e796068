import Agents
import ConfigLoader
import Core
import Hooks
import PrometheusMetrics
import RuleEngine
import Sessions

/// A metric of `/metrics`.
///
/// Each is a row: its name, its meaning, its kind with the buckets, and its labels. The instruments, the text that
/// Prometheus reads, the table of docs/monitoring.md, and the checks of the alert rules and the dashboard follow from the
/// rows.
enum GatewayMetric: CaseIterable {
  case build, connectionMode, standby, gateways, heldSessions, lastEvent, reconnects, posts
  case decisions, shadowHits, limited, decideTime, outcomes
  case turns, failures, firstWordTime, answerTime, tokens, cost
  case sessions, waiting, running, outbox, outboxAge
  case requests, requestWait
  case rules, reloads, rulesRefused, journalDropped, approvals, hooks
  case cpu, resident, virtual, descriptors, descriptorsMax, startTime

  /// Durations of answers, in seconds: from a text that a program has ready to an agent that works for an hour.
  private static let answerBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600]

  /// Durations of decisions, in seconds: with ten rules about a microsecond, with ten thousand some dozens.
  private static let decideBuckets = [
    2.5e-7, 5e-7, 1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 1e-2, 1e-1,
  ]

  /// Waits for the rate limit, in seconds: none most of the time, up to the longest that a server may ask for.
  private static let waitBuckets = [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60]

  /// All families, in the order of the rows.
  static let families = allCases.map(\.family)

  private static let names = Dictionary(uniqueKeysWithValues: zip(allCases, families.map(\.name)))

  /// The name, without making the row.
  var name: String { Self.names[self] ?? family.name }

  private static let agent = MetricFamily.Label("agent")
  private static let rule = MetricFamily.Label("rule")

  var family: MetricFamily {
    switch self {
    case .build:
      MetricFamily(
        "edgecrab_build_info", "The version of edgecrab; always 1.", .gauge, labels: [MetricFamily.Label("version")])
    case .connectionMode:
      MetricFamily(
        "edgecrab_connection_mode", "The way in which posts arrive: 1 for the current one, 0 for the others.", .gauge,
        labels: [MetricFamily.Label("mode", values: ConnectionState.Mode.allCases.map(\.rawValue))])
    case .standby:
      MetricFamily(
        "edgecrab_standby",
        "1 while other gateways answer by other rules, and this one waits until they are the same.",
        .gauge)
    case .gateways:
      MetricFamily(
        "edgecrab_gateways",
        "The gateways of the database that receive posts and have the rules in force, with this one.", .gauge)
    case .heldSessions:
      MetricFamily(
        "edgecrab_held_conversations", "The conversations that this gateway holds, of those in the database.", .gauge)
    case .lastEvent:
      MetricFamily(
        "edgecrab_last_event_timestamp_seconds",
        "The time at which the server last sent an event or a post, in seconds since 1970; 0 before the first.", .gauge)
    case .reconnects:
      MetricFamily(
        "edgecrab_reconnects_total",
        "Event sockets that were opened again; after one that was not resumed, missed posts are read over REST.",
        .counter, labels: [MetricFamily.Label("resumed", values: ["true", "false"])])
    case .posts:
      MetricFamily(
        "edgecrab_posts_total",
        "New posts by type of author: the account's if it is known, else as stated in the post.", .counter,
        labels: [
          MetricFamily.Label("author", values: Author.allCases.map(\.rawValue)),
          MetricFamily.Label("kind", values: ChannelKind.allCases.map(\.rawValue)),
          MetricFamily.Label("source", values: PostSource.allCases.map(\.rawValue)),
        ])
    case .decisions:
      MetricFamily(
        "edgecrab_decisions_total", "Decisions, by the rule that determined them; empty if none did.", .counter,
        labels: [Self.rule, MetricFamily.Label("outcome", values: Verdict.Kind.allCases.map(\.rawValue))])
    case .shadowHits:
      MetricFamily(
        "edgecrab_shadow_hits_total", "Events that a rule in `shadow` mode would have decided.", .counter,
        labels: [Self.rule])
    case .limited:
      MetricFamily(
        "edgecrab_limited_total", "Messages that were not answered because of a rule's `limit`, or `intake: bots`.",
        .counter, labels: [MetricFamily.Label("limit", values: EventOutcome.Limit.allCases.map(\.rawValue))])
    case .decideTime:
      MetricFamily(
        "edgecrab_decide_seconds", "The time to decide an event by the rules.",
        .histogram(buckets: Self.decideBuckets))
    case .outcomes:
      MetricFamily(
        "edgecrab_outcomes_total", "Outcomes of messages, as in the journal; a message may have several.", .counter,
        labels: [MetricFamily.Label("outcome", values: EventOutcome.Name.allCases.map(\.rawValue))])
    case .turns:
      MetricFamily(
        "edgecrab_turns_total", "Turns that have ended; a turn is one answer of an agent.", .counter,
        labels: [Self.agent, MetricFamily.Label("outcome", values: TurnEnd.allCases.map(\.rawValue))])
    case .failures:
      MetricFamily(
        "edgecrab_agent_failures_total", "Messages that an agent failed to answer, by the reason as in the journal.",
        .counter, labels: [Self.agent, MetricFamily.Label("reason")])
    case .firstWordTime:
      MetricFamily(
        "edgecrab_answer_first_word_seconds",
        "The time from accepting a message to the first post of its answer, which may still grow.",
        .histogram(buckets: Self.answerBuckets), labels: [Self.agent])
    case .answerTime:
      MetricFamily(
        "edgecrab_answer_seconds", "The time from accepting a message to its answer being posted whole.",
        .histogram(buckets: Self.answerBuckets), labels: [Self.agent])
    case .tokens:
      MetricFamily(
        "edgecrab_tokens_total", "Tokens read and written, as reported by agents.", .counter,
        labels: [Self.agent, MetricFamily.Label("direction", values: ["input", "output"])])
    case .cost:
      MetricFamily(
        "edgecrab_cost_total", "The known cost of answers, in the currency.", .counter,
        labels: [Self.agent, MetricFamily.Label("currency")])
    case .sessions: MetricFamily("edgecrab_sessions", "Conversations in memory: those in which something runs.", .gauge)
    case .waiting: MetricFamily("edgecrab_messages_waiting", "Messages that wait for their turn.", .gauge)
    case .running: MetricFamily("edgecrab_turns_running", "Turns that run.", .gauge)
    case .outbox: MetricFamily("edgecrab_outbox_replies", "Replies that are not completely posted.", .gauge)
    case .outboxAge:
      MetricFamily(
        "edgecrab_outbox_oldest_age_seconds",
        "The age of the oldest reply that is not completely posted, at most since the start; 0 if there is none.",
        .gauge)
    case .requests:
      MetricFamily(
        "edgecrab_rest_requests_total",
        "Requests to Mattermost, each attempt, by the HTTP status; `none` if there was no response.", .counter,
        labels: [MetricFamily.Label("endpoint"), MetricFamily.Label("code")])
    case .requestWait:
      MetricFamily(
        "edgecrab_rest_wait_seconds", "The time that requests to Mattermost waited for the rate limit.",
        .histogram(buckets: Self.waitBuckets))
    case .rules: MetricFamily("edgecrab_rules", "Rules in force.", .gauge)
    case .reloads:
      MetricFamily(
        "edgecrab_rules_reloads_total", "Rules files that were loaded since the start, or refused.", .counter,
        labels: [MetricFamily.Label("outcome", values: ReloadOutcome.allCases.map(\.rawValue))])
    case .rulesRefused:
      MetricFamily("edgecrab_rules_refused", "1 if the newest rules were refused and older ones are in force.", .gauge)
    case .journalDropped:
      MetricFamily(
        "edgecrab_journal_dropped_total", "Decisions and outcomes that could not be recorded in the journal.", .counter)
    case .approvals:
      MetricFamily(
        "edgecrab_approvals_total",
        "Permission requests of agents, by the kind of answer; `none` if no one answered, `not-asked` if no one could.",
        .counter, labels: [Self.agent, MetricFamily.Label("outcome", values: Self.approvalOutcomes)])
    case .hooks:
      MetricFamily(
        "edgecrab_hook_runs_total", "Runs of hooks.", .counter,
        labels: [
          MetricFamily.Label("event", values: HookEventKind.allCases.map(\.name)),
          MetricFamily.Label("outcome", values: HookRunner.RunEnd.allCases.map(\.rawValue)),
        ])
    case .cpu: MetricFamily("process_cpu_seconds_total", "CPU time of the process, user and system.", .counter)
    case .resident: MetricFamily("process_resident_memory_bytes", "Memory of the process in RAM.", .gauge)
    case .virtual: MetricFamily("process_virtual_memory_bytes", "Address space of the process.", .gauge)
    case .descriptors: MetricFamily("process_open_fds", "Open file descriptors of the process.", .gauge)
    case .descriptorsMax:
      MetricFamily("process_max_fds", "File descriptors that the process may have open.", .gauge)
    case .startTime:
      MetricFamily(
        "process_start_time_seconds", "The time at which the process started, in seconds since 1970.", .gauge)
    }
  }

  private static let approvalOutcomes = PermissionRequest.Option.Kind.allCases.map(\.rawValue) + ["none", "not-asked"]

  /// The table of docs/monitoring.md.
  static var table: String {
    let rows = allCases.map { metric in
      let family = metric.family
      let labels = family.labels.map { label in
        "`\(label.name)`" + (label.values.map { " (" + $0.map { "`\($0)`" }.joined(separator: " ") + ")" } ?? "")
      }
      return "| `\(family.name)` | \(family.kind.name) | \(labels.joined(separator: ", ")) | \(family.help) |\n"
    }
    return "| metric | kind | labels | meaning |\n|---|---|---|---|\n" + rows.joined()
  }
}
