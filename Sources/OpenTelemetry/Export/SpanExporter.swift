import Core
package import Logging
package import Tracing
package import Transport

/// Sends spans to a collector in batches, over OTLP/HTTP with JSON.
///
/// Nothing waits for it: spans that cannot be sent in time are dropped, and the log says how many.
///
/// Specification: https://opentelemetry.io/docs/specs/otlp/#otlphttp
package final class SpanExporter: Sendable {
  private let settings: ExportSettings
  private let client: HTTPClient
  private let queue: SpanQueue
  private let logger: Logger

  package init(_ settings: ExportSettings, client: HTTPClient, logger: Logger) {
    self.settings = settings
    self.client = client
    self.logger = logger
    queue = SpanQueue(capacity: settings.queueMax, batch: settings.batchMax)
  }

  /// The tracer whose spans are exported.
  package var tracer: Tracer { Tracer(isSampled: settings.sampler.includes, record: queue.append) }

  /// Exports spans until `end` is called and none is left, or the task is cancelled.
  package func run() async {
    var report = DropReport(logger)
    while !Task.isCancelled {
      await queue.pause(settings.delay)
      repeat {
        let batch = queue.removeBatch()
        if batch.isEmpty { break }
        if let failure = await export(batch) {
          queue.drop(batch.count - failure.accepted)
          report.reason = failure.text
        }
      } while !Task.isCancelled && (queue.isEnding || queue.hasBatch)
      if queue.isEnding { break }
      report.write(adding: queue.resetDroppedCount())
    }
    queue.dropAll()
    report.write(adding: queue.resetDroppedCount(), isLast: true)
  }

  /// Exports the spans that are left, for at most two seconds.
  ///
  /// - Parameter running: the task of `run()`, which has ended when this returns.
  package func end(_ running: Task<Void, Never>) async {
    queue.end()
    let timer = Task {
      try await Task.sleep(for: Limits.endTime)
      running.cancel()
    }
    await running.value
    timer.cancel()
  }

  /// The reason why spans of a batch were not accepted.
  private struct Failure {
    var text: String
    var accepted = 0
    /// The time after which the batch may be sent again; `nil` if it must not be.
    var retryAfter: Duration?
  }

  /// Sends a batch, again if the collector may accept it later. Returns why not all of it was accepted.
  private func export(_ batch: [SpanRecord]) async -> Failure? {
    let request = request(batch)
    let deadline = ContinuousClock.now + settings.batchTime
    var pause = Limits.pauseFirst
    while true {
      guard let failure = await send(request, count: batch.count) else { return nil }
      guard let wanted = failure.retryAfter, !Task.isCancelled, !queue.isEnding else { return failure }
      // With jitter, so that gateways do not all return at once.
      let wait = max(wanted, pause * .random(in: 0.5...1))
      guard .now + wait < deadline else { return failure }
      await queue.pause(wait, untilFull: false)
      pause = min(pause * 2, Limits.pauseMax)
    }
  }

  private func request(_ batch: [SpanRecord]) -> HTTPRequest {
    let headers = [("Content-Type", "application/json")] + settings.headers.map { ($0.name, $0.value.exposed) }
    return HTTPRequest(
      "POST", settings.url, headers: headers,
      body: .bytes(Array(OTLPTraces.body(batch, resource: settings.resource).text.utf8)),
      timeLimit: settings.requestTime, bodyBytesMax: Limits.answerBytesMax)
  }

  private func send(_ request: HTTPRequest, count: Int) async -> Failure? {
    do throws(TransportError) {
      let response = try await client.send(request)
      switch response.status {
      case 200..<300: return CollectorAnswer(response.body).map { rejected($0, of: count) }
      // The only ones that are retryable (OTLP/HTTP Response, "Retryable Response Codes").
      case 429, 502, 503, 504:
        return Failure(
          text: "the collector answers with status \(response.status)",
          retryAfter: response.headers.retryAfter ?? .zero)
      case 300..<400:
        return Failure(text: "the collector redirects (\(response.status)); set the endpoint to its new address")
      case 413:
        return Failure(
          text: "the collector accepts no request of this size (413); lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE")
      case 401, 403:
        return Failure(
          text: "the collector does not accept the credentials (\(response.status)); check OTEL_EXPORTER_OTLP_HEADERS")
      default: return Failure(text: "the collector answers with status \(response.status)")
      }
    } catch {
      let reason = "the collector cannot be reached: \(error)"
      return Failure(text: reason, retryAfter: .zero)
    }
  }

  private func rejected(_ answer: CollectorAnswer, of count: Int) -> Failure {
    let rejected = min(answer.rejected, count)
    // Redacted before it is cut: half of a key would not be found.
    let message = answer.message.redacting(settings.headers.flatMap { [$0.value.exposed] + $0.value.keyWords })
      .singleLine(atMost: Limits.messageScalarsMax)
    return Failure(
      text: "the collector rejected \(rejected.counted("span")): \(message)", accepted: count - rejected)
  }
}

/// Logs, at most once a minute, how many spans were not exported and why.
private struct DropReport {
  var reason: String?
  private var count = 0
  private var last: ContinuousClock.Instant?
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  mutating func write(adding dropped: Int, isLast: Bool = false) {
    count += dropped
    guard count > 0, isLast || last.map({ .now - $0 >= Limits.reportInterval }) ?? true else { return }
    logger.warning(
      "spans not exported",
      metadata: ["count": "\(count)", "reason": "\(reason ?? "more spans ended than could be sent")"])
    (count, reason, last) = (0, nil, .now)
  }
}
