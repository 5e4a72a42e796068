import Core

/// The settings of the export, from OpenTelemetry's environment variables.
///
/// Specification: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and
/// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
package struct ExportSettings: Sendable {
  /// The URL that spans are sent to.
  package let url: String
  /// Headers of each request, which may hold credentials.
  let headers: [(name: String, value: Secret)]
  /// The time for one request.
  let requestTime: Duration
  /// The time for a batch, with all requests that try to send it.
  let batchTime: Duration
  /// The time that a span waits at most for others.
  let delay: Duration
  /// The most spans that wait, and the most of one request.
  let queueMax: Int
  let batchMax: Int
  let sampler: Sampler
  /// Attributes of the program.
  let resource: [(name: String, value: String)]

  /// Reads the variables; returns `nil` if they ask for no export.
  ///
  /// - Throws: what is wrong with them, if they ask for one.
  package static func read(_ variables: [String: String]) throws(ExportSettingsError) -> ExportSettings? {
    var reader = ExportVariables(variables)
    guard reader.isWanted() else { return nil }
    guard let url = reader.url() else {
      if reader.problems.isEmpty { return nil }
      throw ExportSettingsError(problems: reader.problems)
    }
    reader.checkProtocol()
    let queueMax = reader.number("OTEL_BSP_MAX_QUEUE_SIZE", default: 2_048, max: Limits.queueMax)
    let settings = ExportSettings(
      url: url, headers: reader.headers(), requestTime: reader.time(of: "TIMEOUT", default: 10_000),
      batchTime: reader.milliseconds("OTEL_BSP_EXPORT_TIMEOUT", default: 30_000),
      delay: reader.milliseconds("OTEL_BSP_SCHEDULE_DELAY", default: 5_000), queueMax: queueMax,
      batchMax: reader.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", default: min(512, queueMax), max: queueMax),
      sampler: reader.sampler(), resource: reader.resource())
    guard reader.problems.isEmpty else { throw ExportSettingsError(problems: reader.problems) }
    return settings.sampler == .never ? nil : settings
  }
}

/// The reasons why no traces are exported, each a sentence. They never contain a value that may be a secret.
package struct ExportSettingsError: Error, Sendable, CustomStringConvertible {
  package let problems: [String]

  /// A line for each problem.
  package var description: String {
    problems.map { "traces are not exported: \($0)" }.joined(separator: "\n")
  }
}
