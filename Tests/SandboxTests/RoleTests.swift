import Foundation
import Sandbox
import TestSupport
import Testing

/// Roles, rights, and searching for users. Unrecorded.
@Suite struct RoleTests {
  private func list(_ client: Client, _ method: String, _ path: String, _ body: Any? = nil) async throws -> [[String:
    Any]]
  {
    let answer = try await client.call(method, "/api/v4/\(path)", body)
    return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]])
  }

  @Test func `a member may post according to the roles, unless the channel is moderated`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      let team = try #require(try await bot.object("GET", "teams/name/acme")["id"] as? String)
      func permissions() async throws -> [String] {
        let members = try await list(bot, "GET", "users/me/teams/\(team)/channels/members")
        let role = try #require(members.first { $0["channel_id"] as? String == dev }?["roles"] as? String)
        return try await list(bot, "POST", "roles/names", [role]).first?["permissions"] as? [String] ?? []
      }
      #expect(try await permissions().contains("create_post"))
      try await sandbox.moderate("dev")
      #expect(try await !permissions().contains("create_post"))
      #expect(try await bot.call("POST", "/api/v4/posts", ["channel_id": dev, "message": "no"]).status == 403)
      try await sandbox.moderate("dev", false)
      #expect(try await bot.call("POST", "/api/v4/posts", ["channel_id": dev, "message": "yes"]).status == 201)
      #expect(try await list(bot, "GET", "users/me/teams/members").first?["team_id"] as? String == team)
      #expect(try await list(bot, "POST", "roles/names", ["nonsense"]).isEmpty)
    }
  }

  @Test func `users are searched by the beginning of their names`() async throws {
    try await withSandbox { sandbox in
      let found = try await list(Client(sandbox), "POST", "users/search", ["term": "Car"])
      #expect(found.map { $0["username"] as? String } == ["carol.o-brien"])
      #expect(try await Client(sandbox).call("POST", "/api/v4/users/search", ["term": ""]).status == 400)
    }
  }
}
