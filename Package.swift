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

/// Rooms that hold only values and pure functions: the compiler proves that they touch no raw memory.
let pure = strict + [.strictMemorySafety()]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket"].map {
  Target.Dependency.product(name: $0, package: "swift-nio")
}

// Arrows point down this list only: a target may use what stands above it, never what stands below.
let package = Package(
  name: "edgecrab",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "edgecrab", targets: ["edgecrab"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "Core", swiftSettings: pure),

    .target(name: "CTextScan", path: "Sources/TextMatch/CTextScan"),
    .target(
      name: "CRE2", path: "Sources/TextMatch/CRE2",
      linkerSettings: [.linkedLibrary("re2")]),
    .target(
      name: "TextMatch", dependencies: ["CRE2", "CTextScan"], exclude: ["CRE2", "CTextScan"], swiftSettings: strict),

    .target(name: "RuleEngine", dependencies: ["Core", "TextMatch"], swiftSettings: pure),

    .target(name: "Files", swiftSettings: strict),

    .systemLibrary(
      name: "CYaml", path: "Sources/ConfigLoader/CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(
      name: "BuiltInRules", path: "rules", resources: [.embedInCode("default.yaml"), .embedInCode("starters")],
      swiftSettings: strict),
    .target(
      name: "ConfigLoader", dependencies: ["BuiltInRules", "CYaml", "Files", "RuleEngine", "TextMatch", "Core"],
      exclude: ["CYaml"], resources: [.embedInCode("Codes/Pages")], swiftSettings: strict),

    .systemLibrary(
      name: "CCurl", path: "Sources/Transport/CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CWslay", path: "Sources/Transport/CWslay", providers: [.apt(["libwslay-dev"])]),
    .target(
      name: "Transport", dependencies: ["CCurl", "CWslay", log], exclude: ["CCurl", "CWslay"], swiftSettings: strict),

    .target(name: "MattermostIO", dependencies: ["Transport", "Core", log], swiftSettings: strict),

    .target(name: "CSupervisor", path: "Sources/Processes/CSupervisor"),
    .target(
      name: "Processes", dependencies: ["CSupervisor"], exclude: ["CSupervisor"], swiftSettings: strict),

    .target(
      name: "AgentSessions",
      dependencies: [
        "Files", "Processes", "RuleEngine", "Transport", "Core", log,
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),

    .target(
      name: "Journal",
      dependencies: [
        "ConfigLoader", "Files", "RuleEngine", "Core", log, .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),

    .target(
      name: "Hooks", dependencies: ["ConfigLoader", "Processes", "RuleEngine", "Core", log], swiftSettings: strict
    ),

    .target(
      name: "HTTPServing", dependencies: [log] + nio, swiftSettings: strict),

    .target(
      name: "Gateway",
      dependencies: [
        "ConfigLoader", "Hooks", "RuleEngine", "Transport", "MattermostIO", "AgentSessions", "Journal", "Core",
        "Files", "HTTPServing", "Processes", log,
      ],
      swiftSettings: strict),

    .target(
      name: "Sandbox",
      dependencies: ["HTTPServing", "Core", log], resources: [.embedInCode("Page")], swiftSettings: strict),

    .executableTarget(
      name: "edgecrab",
      dependencies: [
        "BuiltInRules", "ConfigLoader", "Gateway", "Hooks", "Journal", "Processes", "RuleEngine", "Sandbox",
        "Transport", "Core", log,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Rules and events to measure with, and what measures them; `make bench` runs it.
    // Optimized in every build, since tests try ten thousand rules one after the other.
    .target(
      name: "Workload", dependencies: ["Core"], path: "Benchmarks/Workload",
      swiftSettings: strict + [.unsafeFlags(["-O"])]),
    .target(name: "CMemory", path: "Benchmarks/CMemory"),
    .executableTarget(
      name: "RulesBench", dependencies: ["CMemory", "ConfigLoader", "RuleEngine", "Core", "Workload"],
      path: "Benchmarks/RulesBench", swiftSettings: strict),

    .executableTarget(
      name: "GatewayBench",
      dependencies: [
        "ConfigLoader", "MattermostIO", "RuleEngine", "Sandbox", "TestSupport", "Transport",
      ],
      path: "Benchmarks/GatewayBench", swiftSettings: strict),

    // What any bytes are held against; `make fuzz` makes the bytes up, the tests replay those that broke something once.
    .target(
      name: "FuzzTargets", dependencies: ["ConfigLoader", "RuleEngine", "TextMatch", "Core"],
      path: "Fuzz/Targets", swiftSettings: strict),

    // What the tests of several rooms share: a scripted server, a raw HTTP and WebSocket client, a browser, recordings.
    .target(
      name: "TestSupport",
      dependencies: ["HTTPServing", "Sandbox", log], path: "Tests/TestSupport",
      exclude: ["ACP/agent.py"], swiftSettings: strict),

    .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: strict),
    .testTarget(
      name: "RuleEngineTests",
      dependencies: ["ConfigLoader", "RuleEngine", "TestSupport", "TextMatch", "Core", "Workload"],
      swiftSettings: strict),
    .testTarget(
      name: "ConfigTests",
      dependencies: ["BuiltInRules", "ConfigLoader", "RuleEngine", "TestSupport", "Core", "Workload"],
      exclude: ["Golden", "Schema/validate.py", "Zones/offsets.py"], swiftSettings: strict),
    .testTarget(
      name: "TransportTests", dependencies: ["CWslay", "TestSupport", "Transport", log], swiftSettings: strict),
    .testTarget(
      name: "MattermostIOTests",
      dependencies: ["MattermostIO", "Sandbox", "TestSupport", "Transport", "Core", "Workload", log],
      swiftSettings: strict),
    .testTarget(name: "ProcessesTests", dependencies: ["Processes", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AgentSessionsTests",
      dependencies: ["AgentSessions", "RuleEngine", "TestSupport", "Transport", "Core"],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests", dependencies: ["ConfigLoader", "Journal", "RuleEngine", "TestSupport", "Core", log],
      swiftSettings: strict),
    .testTarget(
      name: "SandboxTests", dependencies: ["Sandbox", "TestSupport", "Core", log], swiftSettings: strict),
    .testTarget(
      name: "HTTPServingTests", dependencies: ["HTTPServing", "TestSupport", log], swiftSettings: strict),
    .testTarget(
      name: "HooksTests", dependencies: ["ConfigLoader", "Hooks", "TestSupport", "Core", log],
      swiftSettings: strict),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "AgentSessions", "Gateway", "ConfigLoader", "HTTPServing", "Hooks", "Journal", "MattermostIO", "RuleEngine",
        "Sandbox", "TestSupport",
        "Transport", "Core", log,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["edgecrab", "HTTPServing", "Sandbox", "TestSupport", "Workload", log],
      exclude: ["on_terminal.py"], swiftSettings: strict),
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
