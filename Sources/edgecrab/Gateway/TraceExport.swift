import Logging
import OpenTelemetry
import Tracing
import Transport

/// The export of traces while the gateway runs.
struct TraceExport {
  private let exporter: SpanExporter
  private let running: Task<Void, Never>

  /// Starts the export that the variables ask for; returns `nil` if they ask for none. Variables that are wrong do not
  /// keep the gateway from answering: a message says why nothing is exported.
  init?(_ variables: [String: String], _ logger: Logger) {
    do throws(ExportSettingsError) {
      guard let settings = try ExportSettings.read(variables) else { return nil }
      let exporter = SpanExporter(settings, client: HTTPClient(logger: logger), logger: logger)
      self.exporter = exporter
      running = Task { await exporter.run() }
      logger.info("traces exported", metadata: ["collector": "\(settings.url)"])
    } catch {
      Output.message("\(error)")
      return nil
    }
  }

  var tracer: Tracer { exporter.tracer }

  /// Exports the last spans, in a limited time.
  func end() async { await exporter.end(running) }
}
