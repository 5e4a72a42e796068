import ConfigLoader
import Foundation
import Gateway
import Sandbox
import TestSupport
import Testing

/// `/health` and `/ready`.
@Suite struct HealthTests {
  private func url(_ report: StartReport) throws -> String {
    let line = try #require("\(report)".split(separator: "\n").first { $0.contains("/health") })
    return String(try #require(line.split(separator: " ").last))
  }

  /// Returns the URL of `/health` once the gateway is connected.
  private func healthy(_ report: StartReport) async throws -> String {
    let url = try url(report)
    try await wait(for: "the connection to be told of") { try await get(url).status == 200 }
    return url
  }

  private func get(_ url: String) async throws -> (status: Int, json: [String: Any]) {
    let answer = try await RawHTTP.send("GET", url)
    let json = try JSONSerialization.jsonObject(with: Data(answer.body))
    return (answer.status, try #require(json as? [String: Any]))
  }

  @Test(.timeLimit(.minutes(1)))
  func `health reports the connection and the rules, and only codes and positions of rejected ones`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox, listen: try ListenAddress("0")) { report in
        let url = try await healthy(report)
        let good = try await get(url)
        #expect(good.json["status"] as? String == "ok")
        #expect((good.json["connection"] as? [String: Any])?["connected"] as? Bool == true)
        let inForce = try #require(good.json["rules"] as? [String: Any])
        #expect(inForce["file"] as? String == rules.path)
        #expect(inForce["sha256"] as? String == (try rules.load().fingerprint))
        #expect(inForce["last_good"] == nil && good.json["refused"] == nil)

        try rules.write(sayingRules("two").replacing("say:", with: "sekrit:"))
        _ = try await rules.nextMessage()
        let bad = try await get(url)
        #expect(bad.status == 200 && bad.json["status"] as? String == "degraded")
        let refused = try #require(bad.json["refused"] as? [String: Any])
        let diagnostics = try #require(refused["diagnostics"] as? [[String: Any]])
        #expect(diagnostics.contains { $0["code"] as? String == "E0103" && $0["line"] as? Int == 6 })
        #expect(!"\(bad.json)".contains("sekrit"))
        #expect(try await RawHTTP.send("GET", url.replacing("/health", with: "/ready")).text == "ready\n")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `health reports how many users have access, without names, and warns if the rules do not say who`()
    async throws
  {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox, listen: try ListenAddress("0")) { report in
        func access() async throws -> [String: String]? {
          try await get(try url(report)).json["access"] as? [String: String]
        }
        #expect(
          try await access() == [
            "may_talk": "everyone",
            "warning": "everyone on the server may talk to the bot, because the rules do not say who may; "
              + "write `access: { users: [alice, bob] }` into them, or `users: \"*\"` to let in everyone",
          ])
        #expect("\(report)".contains("  may talk  everyone on the server, because the rules do not say who may\n"))
        for (users, said) in [("\"*\"", "everyone"), ("[alice, bob]", "2 users"), ("bob", "1 user")] {
          try rules.write(sayingRules("one") + "\naccess: { users: \(users) }\n")
          #expect(try await rules.nextMessage().contains("is now in force"))
          #expect(try await access() == ["may_talk": said])
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `without a connection the gateway is down and not ready`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    let sandbox = try await SandboxServer.start(logger: .silent)
    try await rules.withGateway(on: sandbox, listen: try ListenAddress("127.0.0.1:0")) { report in
      let url = try await healthy(report)
      await sandbox.stop()
      try await wait(for: "the connection to be missed") { try await get(url).status == 503 }
      #expect(try await get(url).json["status"] as? String == "down")
      let ready = try await RawHTTP.send("GET", url.replacing("/health", with: "/ready"))
      #expect(ready.status == 503 && ready.text == "not ready\n")
    }
  }

  @Test(.timeLimit(.minutes(1))) func `other paths and methods are rejected`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox, listen: try ListenAddress("localhost:0")) { report in
        let url = try url(report)
        #expect(try await RawHTTP.send("GET", url.replacing("/health", with: "/")).status == 404)
        #expect(try await RawHTTP.send("POST", url, body: "{}").status == 405)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `the gateway does not start if the port of health is in use, and says so`()
    async throws
  {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      let taken = "127.0.0.1:\(try Self.port(sandbox.url))"
      let error = await #expect(throws: GatewayError.self) {
        try await rules.withGateway(on: sandbox, listen: try ListenAddress(taken)) { _ in }
      }
      #expect(error?.description.hasPrefix("cannot listen on \(taken) for monitoring: address already in use") == true)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `health, status and the start report say that the last good rules are in use`()
    async throws
  {
    let rules = try LiveRules("version: 1\nrules: 7\n")
    let lastGood = LastGoodRules(home: rules.folder.url.path)
    try lastGood.save(
      RulesFile.load(text: sayingRules("kept"), file: rules.path, environment: [:], now: 0),
      at: Date(timeIntervalSince1970: 1_750_000_000))
    let kept = try #require(lastGood.load(for: rules.path, environment: [:], now: 0))
    let first = try #require(ValidatedRules(kept, insteadOf: rules.path))
    let rejection = #expect(throws: RulesRejection.self) { try rules.load() }
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox, rejection: rejection, first: first, listen: try ListenAddress("0")) {
        report in
        #expect("\(report)".contains("rules.yaml, the last good of 2025-06-15 15:06 UTC"))
        let health = try await get(try await healthy(report))
        #expect((health.json["rules"] as? [String: Any])?["last_good"] as? String == "2025-06-15T15:06:40Z")
        #expect(health.json["status"] as? String == "degraded")
        #expect(try await sandbox.ask("@edgecrab hi") == "kept")
        let status = try await sandbox.ask("!status")
        #expect(status.contains("| Rules | rules.yaml, the last good of 2025-06-15 15:06 UTC |"), "\(status)")
        #expect(status.contains("| Newest rules | rejected: line 2,"), "\(status)")
        try rules.write(sayingRules("newest"))
        #expect(try await rules.nextMessage().contains("is now in force"))
        #expect(try await sandbox.ask("@edgecrab hi") == "newest")
        #expect(try await get(try url(report)).json["status"] as? String == "ok")
      }
    }
  }

  @Test(arguments: [
    ("8081", "127.0.0.1:8081"), ("0.0.0.0:8081", "0.0.0.0:8081"), ("localhost:80", "127.0.0.1:80"),
    ("[::1]:8081", "[::1]:8081"),
  ])
  func `an address is a port, or an IP address and a port`(text: String, address: String) throws {
    #expect(try ListenAddress(text).description == address)
  }

  @Test(arguments: [
    "", "x", ":", "127.0.0.1:", "127.0.0.1:70000", "-1", "chat.example.com:80", "::1:80", "[1]:80", ":80",
  ])
  func `a text that is not an address is rejected with an example`(text: String) {
    let problem = #expect(throws: ListenAddress.ParseError.self) { try ListenAddress(text) }
    #expect(problem?.description.contains("127.0.0.1:8081") == true)
  }

  private static func port(_ url: String) throws -> UInt16 {
    try #require(URL(string: url)?.port.flatMap(UInt16.init))
  }
}
