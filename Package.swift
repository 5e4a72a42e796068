// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Targets of values and functions: the compiler requires each use of raw memory to be marked.
let pure = strict + [.strictMemorySafety()]

/// The commit that `edgecrab --version` prints; the Makefile sets these variables.
let buildInfo = ["EDGECRAB_COMMIT", "EDGECRAB_COMMIT_DATE"].map { name in
  CSetting.define(name, to: "\"\(Context.environment[name] ?? "")\"")
}

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nio = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket"].map {
  Target.Dependency.product(name: $0, package: "swift-nio")
}

// A target uses only targets above it in this list.
let package = Package(
  name: "edgecrab",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "edgecrab", targets: ["edgecrab"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "Core", swiftSettings: pure),

    .target(name: "Tracing", dependencies: ["Core"], swiftSettings: strict),

    .target(name: "CTextScan", path: "Sources/TextMatch/CTextScan"),
    .target(name: "CRE2", path: "Sources/TextMatch/CRE2", linkerSettings: [.linkedLibrary("re2")]),
    .target(
      name: "TextMatch", dependencies: ["CRE2", "CTextScan"], exclude: ["CRE2", "CTextScan"], swiftSettings: strict),

    .target(name: "RuleEngine", dependencies: ["Core", "TextMatch"], swiftSettings: pure),
    .target(name: "RuleAnalysis", dependencies: ["Core", "RuleEngine"], swiftSettings: pure),

    .systemLibrary(
      name: "CYaml", path: "Sources/ConfigLoader/CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(
      name: "BuiltInRules", path: "rules",
      resources: [.embedInCode("default.yaml"), .embedInCode("setup.yaml"), .embedInCode("starters")],
      swiftSettings: strict),
    .target(
      name: "ConfigLoader",
      dependencies: ["BuiltInRules", "CYaml", "Core", "RuleAnalysis", "RuleEngine", "TextMatch", crypto, system],
      exclude: ["CYaml"], swiftSettings: strict),
    .target(
      name: "RulesTools", dependencies: ["ConfigLoader", "Core", "RuleAnalysis", "RuleEngine"],
      resources: [.embedInCode("Codes/Pages")], swiftSettings: pure),

    .systemLibrary(
      name: "CCurl", path: "Sources/Transport/CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CWslay", path: "Sources/Transport/CWslay", providers: [.apt(["libwslay-dev"])]),
    .target(
      name: "Transport", dependencies: ["CCurl", "Core", "CWslay", crypto, log, system], exclude: ["CCurl", "CWslay"],
      swiftSettings: strict),

    .systemLibrary(
      name: "CPostgres", path: "Sources/PostgreSQL/CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "PostgreSQL", dependencies: ["CPostgres", "Core", log], exclude: ["CPostgres"], swiftSettings: strict),

    .target(
      name: "OpenTelemetry", dependencies: ["Core", "Tracing", "Transport", log], swiftSettings: strict),

    .target(name: "CSimdJSON", path: "Sources/MattermostIO/CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(
      name: "MattermostIO", dependencies: ["CSimdJSON", "Core", "Tracing", "Transport", log], exclude: ["CSimdJSON"],
      swiftSettings: strict),

    .target(name: "CSupervisor", path: "Sources/Processes/CSupervisor"),
    .target(
      name: "Processes", dependencies: ["CSupervisor", "Core"], exclude: ["CSupervisor"], swiftSettings: strict),

    .target(
      name: "Agents", dependencies: ["Core", "Processes", "RuleEngine", "Tracing", "Transport", log],
      swiftSettings: strict),
    .target(
      name: "Sessions",
      dependencies: ["Agents", "Core", "PostgreSQL", "Processes", "RuleEngine", "Tracing", grdb, log],
      swiftSettings: strict),

    .target(
      name: "Journal", dependencies: ["ConfigLoader", "Core", "RuleAnalysis", "RuleEngine", grdb, log],
      swiftSettings: strict),
    .target(name: "Backup", dependencies: ["Core", "Journal", "Sessions", system], swiftSettings: strict),
    .target(
      name: "Hooks", dependencies: ["ConfigLoader", "Core", "Processes", "RuleEngine", "Tracing", log],
      swiftSettings: strict),
    .target(name: "HTTPServing", dependencies: ["Core", log, system] + nio, swiftSettings: strict),
    .target(name: "PrometheusMetrics", dependencies: [metrics], swiftSettings: pure),

    .target(
      name: "ServerLookup", dependencies: ["ConfigLoader", "Core", "MattermostIO", "RuleEngine", "Transport", log],
      swiftSettings: strict),
    .target(
      name: "Doctor",
      dependencies: [
        "Agents", "ConfigLoader", "Core", "MattermostIO", "RuleEngine", "ServerLookup", "Sessions", "Transport", log,
      ],
      swiftSettings: strict),
    .target(
      name: "Setup",
      dependencies: [
        "Agents", "BuiltInRules", "ConfigLoader", "Core", "Doctor", "MattermostIO", "RuleEngine", "ServerLookup",
        "Transport", log,
      ],
      swiftSettings: strict),
    .target(
      name: "Gateway",
      dependencies: [
        "Agents", "ConfigLoader", "Core", "HTTPServing", "Hooks", "Journal", "MattermostIO", "PostgreSQL", "Processes",
        "PrometheusMetrics", "RuleAnalysis", "RuleEngine", "ServerLookup", "Sessions", "Tracing", "Transport", log,
        metrics,
      ],
      swiftSettings: strict),

    .target(
      name: "Sandbox", dependencies: ["Core", "HTTPServing", log], resources: [.embedInCode("Page")],
      swiftSettings: strict),

    .target(name: "CBuildInfo", path: "Sources/edgecrab/CBuildInfo", cSettings: buildInfo),
    .executableTarget(
      name: "edgecrab",
      dependencies: [
        "Backup", "BuiltInRules", "CBuildInfo", "ConfigLoader", "Core", "Doctor", "Gateway", "Hooks", "Journal",
        "OpenTelemetry", "Processes", "RuleAnalysis", "RuleEngine", "RulesTools", "Sandbox", "ServerLookup",
        "Sessions", "Setup", "Tracing", "Transport", log, system,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["CBuildInfo"], swiftSettings: strict),

    // Rules and events to measure with, and what measures them; `make bench` runs it.
    // Optimized in every build, since tests try ten thousand rules one after the other.
    .target(
      name: "Workload", dependencies: ["Core"], path: "Benchmarks/Workload",
      swiftSettings: strict + [.unsafeFlags(["-O"])]),
    .target(name: "CMemory", path: "Benchmarks/CMemory"),
    .target(name: "CReference", path: "Benchmarks/CReference"),
    .target(name: "Figures", path: "Benchmarks/Figures", swiftSettings: pure),
    .executableTarget(
      name: "RulesBench",
      dependencies: ["CMemory", "CReference", "ConfigLoader", "RuleEngine", "Core", "Figures", "Workload"],
      path: "Benchmarks/RulesBench", swiftSettings: strict),

    // Shared by the benchmarks below: child processes, a model, a PostgreSQL server.
    .target(
      name: "BenchSupport", dependencies: ["Figures", "TestSupport"], path: "Benchmarks/Support",
      swiftSettings: strict),

    .executableTarget(
      name: "GatewayBench",
      dependencies: [
        "BenchSupport", "ConfigLoader", "Core", "Figures", "MattermostIO", "RuleEngine", "Sandbox", "TestSupport",
        "Transport",
      ],
      path: "Benchmarks/GatewayBench", exclude: ["Subject/bare_bot.py"], swiftSettings: strict),

    .executableTarget(
      name: "StoreBench",
      dependencies: [
        "Agents", "BenchSupport", "Core", "Figures", "PostgreSQL", "RuleEngine", "Sessions", "TestSupport", log,
      ],
      path: "Benchmarks/StoreBench", swiftSettings: strict),

    .executableTarget(
      name: "ClusterBench", dependencies: ["BenchSupport", "Figures", "Sandbox", "TestSupport"],
      path: "Benchmarks/ClusterBench", swiftSettings: strict),

    // Assertions about any bytes: `make fuzz` makes the bytes up, the tests replay those that violated one.
    .target(
      name: "FuzzTargets", dependencies: ["ConfigLoader", "Core", "MattermostIO", "RuleEngine", "TextMatch"],
      path: "Fuzz/Targets", swiftSettings: strict),

    // Shared by the tests of several targets: a scripted server, a raw HTTP and WebSocket client, a browser, recordings.
    .target(
      name: "TestSupport",
      dependencies: ["ConfigLoader", "HTTPServing", "RuleEngine", "RulesTools", "Sandbox", log],
      path: "Tests/TestSupport",
      exclude: ["ACP/agent.py", "Net/relay.py"], swiftSettings: strict),

    .testTarget(name: "CoreTests", dependencies: ["Core", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "RuleEngineTests",
      dependencies: ["ConfigLoader", "Core", "RuleAnalysis", "RuleEngine", "TestSupport", "TextMatch", "Workload"],
      swiftSettings: strict),
    .testTarget(
      name: "ConfigTests",
      dependencies: [
        "BuiltInRules", "ConfigLoader", "Core", "RuleAnalysis", "RuleEngine", "RulesTools", "TestSupport", "Workload",
      ],
      exclude: ["Golden", "Schema/validate.py", "TimeZones/offsets.py"], swiftSettings: strict),
    .testTarget(
      name: "RulesToolsTests",
      dependencies: [
        "ConfigLoader", "Core", "RuleAnalysis", "RuleEngine", "RulesTools", "TestSupport", "Workload",
      ],
      swiftSettings: strict),
    .testTarget(name: "TracingTests", dependencies: ["Tracing"], swiftSettings: strict),
    .testTarget(
      name: "OpenTelemetryTests",
      dependencies: ["Core", "HTTPServing", "OpenTelemetry", "TestSupport", "Tracing", "Transport", log],
      swiftSettings: strict),
    .testTarget(
      name: "TransportTests", dependencies: ["CWslay", "TestSupport", "Transport", log], swiftSettings: strict),
    .testTarget(
      name: "PostgreSQLTests", dependencies: ["Core", "PostgreSQL", "TestSupport", log], swiftSettings: strict),
    .testTarget(
      name: "MattermostIOTests",
      dependencies: ["MattermostIO", "Sandbox", "TestSupport", "Transport", "Core", "Workload", log],
      swiftSettings: strict),
    .testTarget(name: "ProcessesTests", dependencies: ["Processes", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AgentsTests",
      dependencies: ["Agents", "Core", "RuleEngine", "TestSupport", "Transport", log],
      swiftSettings: strict),
    .testTarget(
      name: "SessionsTests",
      dependencies: ["Agents", "Core", "PostgreSQL", "RuleEngine", "Sessions", "TestSupport", "Transport", grdb, log],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests",
      dependencies: ["ConfigLoader", "Core", "Journal", "RuleAnalysis", "RuleEngine", "TestSupport", log],
      swiftSettings: strict),
    .testTarget(
      name: "BackupTests",
      dependencies: ["Backup", "Journal", "ServerLookup", "Sessions", "TestSupport", grdb, log], swiftSettings: strict),
    .testTarget(
      name: "SandboxTests", dependencies: ["Sandbox", "TestSupport", log], swiftSettings: strict),
    .testTarget(
      name: "HTTPServingTests", dependencies: ["HTTPServing", "TestSupport", log], swiftSettings: strict),
    .testTarget(
      name: "PrometheusMetricsTests", dependencies: ["PrometheusMetrics", "TestSupport", metrics],
      swiftSettings: strict),
    .testTarget(
      name: "HooksTests", dependencies: ["ConfigLoader", "Hooks", "TestSupport", "Core", log],
      swiftSettings: strict),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Agents", "ConfigLoader", "Core", "Gateway", "HTTPServing", "Hooks", "Journal", "MattermostIO",
        "PrometheusMetrics", "RuleAnalysis", "RuleEngine", "Sandbox", "ServerLookup", "Sessions", "TestSupport",
        "Transport", log,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SetupTests",
      dependencies: ["Agents", "ConfigLoader", "RuleEngine", "Setup", "TestSupport", "Transport", log],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["edgecrab", "HTTPServing", "PostgreSQL", "Sandbox", "Sessions", "TestSupport", "Workload", log],
      exclude: ["on_terminal.py", "read_traces.py", "type_on_terminal.py"], swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["ConfigLoader", "FuzzTargets"], swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)

// libFuzzer brings the `main` of this one, so that it links under `--sanitize=fuzzer` only.
if Context.environment["EDGECRAB_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(name: "Fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Entry", swiftSettings: strict))
}
