import Core
import Foundation
import Testing
import Tracing

@testable import OpenTelemetry

/// The environment variables, right and wrong.
@Suite struct ExportSettingsTests {
  private static let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"]

  private func settings(_ more: [String: String], _ base: [String: String] = endpoint) throws -> ExportSettings? {
    try ExportSettings.read(base.merging(more) { $1 })
  }

  @Test func `without an endpoint nothing is exported, whatever else is set`() throws {
    #expect(try settings(["OTEL_TRACES_SAMPLER": "nonsense", "OTEL_SERVICE_NAME": "x"], [:]) == nil)
    #expect(try settings(["OTEL_EXPORTER_OTLP_ENDPOINT": ""]) == nil)
  }

  @Test(arguments: [
    ["OTEL_SDK_DISABLED": "true"], ["OTEL_SDK_DISABLED": "TRUE"], ["OTEL_TRACES_EXPORTER": "none"],
    ["OTEL_TRACES_SAMPLER": "always_off"], ["OTEL_TRACES_SAMPLER": "parentbased_always_off"],
    ["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"],
  ])
  func `traces are switched off`(variables: [String: String]) throws { #expect(try settings(variables) == nil) }

  @Test func `the defaults are those of the specification, but for the protocol`() throws {
    let read = try #require(try settings([:]))
    #expect(read.url == "http://collector:4318/v1/traces")
    #expect((read.requestTime, read.batchTime, read.delay) == (.seconds(10), .seconds(30), .seconds(5)))
    #expect((read.queueMax, read.batchMax) == (2_048, 512) && read.sampler == .always && read.headers.isEmpty)
    #expect(read.resource.map(\.name) == ["service.name", "service.version"] && read.resource[0].value == "edgecrab")
  }

  @Test func `variables for traces take precedence over those for all signals`() throws {
    let read = try #require(
      try settings([
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://other/custom/", "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "250", "OTEL_EXPORTER_OTLP_HEADERS": "a=1",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "Authorization=Basic%20Zm9v , x-scope = one ",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json",
      ]))
    #expect(read.url == "https://other/custom" && read.requestTime == .milliseconds(250))
    #expect(read.headers.map(\.name) == ["Authorization", "x-scope"])
    #expect(read.headers.map(\.value.exposed) == ["Basic Zm9v", "one"])
    #expect("\(read.headers)".contains("<redacted>") && !"\(read)".contains("Zm9v"))
  }

  @Test func `the service is named by its variable, then by the resource attributes`() throws {
    let attributes = [
      "OTEL_RESOURCE_ATTRIBUTES": "service.name=bot,deployment.environment.name=a%2Cb,service.version=9"
    ]
    let read = try #require(try settings(attributes))
    #expect(
      read.resource.map { "\($0.name)=\($0.value)" }
        == ["service.name=bot", "deployment.environment.name=a,b", "service.version=9"])
    let named = try #require(try settings(attributes.merging(["OTEL_SERVICE_NAME": "crab"]) { $1 }))
    #expect(named.resource.filter { $0.name == "service.name" }.map(\.value) == ["crab"])
  }

  @Test(arguments: [
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter2@collector:4318", "must not contain a user name or a password"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must begin with http:// or https://"),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/?token=hunter2", "must end before the `?`"),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "is grpc, but edgecrab sends http/json only"),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "set it to http/json, or unset it"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "must be name=value pairs"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2%0d%0aX-Evil: 1", "must be name=value pairs"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a b=hunter2", "must be name=value pairs"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2%zz", "must be name=value pairs"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "must be a number from 1 to 86400000"),
    ("OTEL_BSP_SCHEDULE_DELAY", "0", "must be a number from 1 to 86400000"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "1000000000", "must be a number from 1 to 65536"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", "must be a number from 1 to 2048"),
    ("OTEL_TRACES_SAMPLER", "jaeger_remote", "must be one of always_on, parentbased_always_on, always_off"),
    ("OTEL_TRACES_EXPORTER", "zipkin", "must be otlp or none"), ("OTEL_SDK_DISABLED", "yes", "must be true or false"),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.name", "must be at most 64 name=value pairs"),
  ])
  func `a wrong value is a sentence with the name of the variable`(name: String, value: String, sentence: String) throws
  {
    let error = try #require(throws: ExportSettingsError.self) { try settings([name: value]) }
    #expect(error.problems.count == 1 && error.problems[0].hasPrefix(name), "\(error)")
    #expect(error.problems[0].contains(sentence) && !error.description.contains("hunter2"), "\(error)")
  }

  @Test(arguments: ["1.5", "-0.1", "half", "nan"])
  func `a share that is not one is a sentence`(share: String) throws {
    let error = try #require(throws: ExportSettingsError.self) {
      try settings(["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": share])
    }
    #expect(error.problems == ["OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1"])
  }

  @Test func `all problems are reported at once`() throws {
    let error = try #require(throws: ExportSettingsError.self) {
      try settings(["OTEL_TRACES_SAMPLER": "x", "OTEL_EXPORTER_OTLP_PROTOCOL": "y", "OTEL_BSP_SCHEDULE_DELAY": "z"])
    }
    #expect(error.problems.count == 3)
  }

  @Test func `a share of the traces is recorded`() throws {
    let read = try #require(
      try settings(["OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"]))
    let tracer = Tracer(isSampled: read.sampler.includes) { _ in }
    let count = (0..<4_000).count { _ in tracer.startTrace("post", kind: .consumer) != nil }
    // Five standard deviations.
    #expect((863...1_137).contains(count), "\(count)")
  }

  @Test func `the page documents every attribute and every variable`() throws {
    let page = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/tracing.md"),
      encoding: .utf8)
    for attribute in SpanAttribute.allCases { #expect(page.contains("| `\(attribute.rawValue)` |")) }
    for attribute in page.matches(of: /(?m)^\| `([a-z._]+)` \|/) {
      #expect(SpanAttribute(rawValue: String(attribute.1)) != nil, "\(attribute.1)")
    }
    for sampler in Sampler.names { #expect(page.contains("`\(sampler)`")) }
  }
}
