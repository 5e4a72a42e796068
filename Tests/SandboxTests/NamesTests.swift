import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("Names that are added to the sandbox", .serialized)
struct NamesTests {
  @Test func `added users, teams and channels exist for the bot and for the users, beside the fixtures`() async throws {
    try await withSandbox { sandbox in
      let names = SandboxNames(
        teams: ["core"], users: [.init("zoe"), .init("jenkins", isBot: true), .init("alice")],
        channels: [.init("incidents", isPrivate: true), .init("dev"), .init("dev", team: "core")])
      #expect(await sandbox.add(names) == [])
      #expect(await sandbox.add(names) == [])
      let bot = Client(sandbox)
      let teams = try JSONSerialization.jsonObject(with: Data(try await bot.call("GET", "/api/v4/users/me/teams").body))
      #expect((teams as? [[String: Any]])?.map { $0["name"] as? String } == ["acme", "core"])
      let core = try #require(try await bot.object("GET", "teams/name/core")["id"] as? String)
      let zoe = try await sandbox.client(as: "zoe")
      for client in [bot, zoe] {
        let list = try await client.call("GET", "/api/v4/users/me/teams/\(core)/channels")
        let channels = try JSONSerialization.jsonObject(with: Data(list.body)) as? [[String: Any]] ?? []
        let inTeam = channels.filter { $0["team_id"] as? String == core }
        #expect(inTeam.compactMap { $0["name"] as? String }.sorted() == ["dev", "town-square"])
        #expect(channels.allSatisfy { $0["team_id"] as? String == core || $0["team_id"] as? String == "" })
      }
      #expect(try await bot.object("GET", "users/username/jenkins")["is_bot"] as? Bool == true)
      try await sandbox.post(as: "zoe", in: "core/dev", "in core")
      try await sandbox.post(as: "zoe", in: "incidents", "in acme")
      try await sandbox.post(as: "zoe", in: "@edgecrab", "in private")
      #expect(try await sandbox.posts(in: "dev").isEmpty)
      #expect(try await sandbox.posts(in: "core/dev").map(\.author) == ["zoe"])
    }
  }

  @Test func `names that Mattermost does not have, and too many, are refused`() async throws {
    try await withSandbox { sandbox in
      let wrong = ["", "<b>", "ünal", "a b", String(repeating: "a", count: 65), String(repeating: "a", count: 26)]
      #expect(await sandbox.add(SandboxNames(users: wrong.map { .init($0) })) == wrong.map { "@\($0)" })
      #expect(await sandbox.add(SandboxNames(channels: [.init("a b"), .init("x", team: "none")])) == ["~a b", "~x"])
      #expect(await sandbox.add(SandboxNames(webhooks: [.init("hook", owner: "nobody"), .init("")])) == ["hook", ""])
      let many = (0..<1_000).map { "name-\($0)" }
      let names = SandboxNames(
        teams: many, users: many.map { .init($0) }, channels: many.map { .init($0) }, webhooks: many.map { .init($0) })
      let refused = await sandbox.add(names)
      #expect((1_000..<4_000).contains(refused.count))
      let session = try await sandbox.pageSession()
      #expect(session.status == 200 && session.body.count < 256 * 1024)
    }
  }

  @Test func `the page shows new names at once, and one acts as a new user in a new channel of a new team`()
    async throws
  {
    try await withPage { page, sandbox in
      let names = SandboxNames(teams: ["core"], users: [.init("zoe")], channels: [.init("build-farm", team: "core")])
      #expect(await sandbox.add(names) == [])
      try await page.choose("zoe", in: "#speaker")
      try await page.wait(until: "document.querySelector('#app').dataset.speaker === 'zoe'")
      try await page.click("[data-channel=\"core/build-farm\"]")
      try await page.wait(for: "#channel-name", containing: "Build Farm")
      try await page.wait(for: "#channel-topic", containing: "In the team Core")
      try await page.focus("#text")
      try await page.type("@zo")
      try await page.press("Enter")
      try await page.type("here")
      try await page.press("Enter")
      let post = try await sandbox.nextPost { $0.author == "zoe" }
      #expect(post.message == "@zoe here")
      #expect(try await sandbox.posts(in: "core/build-farm", as: "zoe") == [post])
      #expect(try await page.texts(of: "#channels h2") == ["Acme", "Core", "Direct messages"])
    }
  }
}
