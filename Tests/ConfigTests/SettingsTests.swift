import ConfigLoader
import Core
import Foundation
import TestSupport
import Testing

@Suite struct SettingsTests {
  private func settings(_ variables: [String: String]) throws(SettingsError) -> Settings {
    try Settings(
      Environment(
        process: ["HOME": "/nonexistent", "MATTERMOST_URL": "https://chat.example.com", "MATTERMOST_TOKEN": "t0ken"]
          .merging(variables) { $1 }))
  }

  private func problems(_ variables: [String: String]) -> [String] {
    do throws(SettingsError) {
      _ = try settings(variables)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `settings are read from the variables`() throws {
    let settings = try settings([:])
    #expect(settings.url.text == "https://chat.example.com")
    #expect(settings.token == Secret("t0ken"))
    #expect(settings.home == "/nonexistent/.edgecrab")
  }

  @Test func `a certificate is two files or one file with both, and a key alone is an error`() throws {
    #expect(try settings([:]).certificate == nil)
    let both = try #require(
      try settings(["EDGECRAB_CLIENT_CERT": "/c.pem", "EDGECRAB_CLIENT_KEY": "/k.pem"]).certificate)
    #expect(both.file == "/c.pem" && both.key == "/k.pem")
    let one = try #require(try settings(["EDGECRAB_CLIENT_CERT": "/c.pem", "EDGECRAB_CLIENT_KEY": ""]).certificate)
    #expect(one.file == "/c.pem" && one.key == "/c.pem")
    #expect(
      problems(["EDGECRAB_CLIENT_KEY": "/k.pem"])
        == ["EDGECRAB_CLIENT_KEY is set without EDGECRAB_CLIENT_CERT; set both, or neither"])
  }

  @Test(arguments: [
    ("https://chat.example.com/", "https://chat.example.com"), ("http://localhost:8065", "http://localhost:8065"),
    ("https://x.org/mattermost///", "https://x.org/mattermost"), ("HTTP://X.org", "http://X.org"),
    ("http://[::1]:8065/", "http://[::1]:8065"),
  ])
  func `trailing slashes of the address are removed`(text: String, url: String) throws {
    #expect(try settings(["MATTERMOST_URL": text]).url.text == url)
  }

  @Test(arguments: [
    ("chat.example.com", "must begin with http:// or https://"), ("ws://x.org", "must begin with http:// or https://"),
    ("https://", "has no host"), ("https://u:hunter2@x.org", "must not contain a user name or a password"),
    ("https://x.org/?a", "must end before the `?` or `#`"), ("https://x.org/#a", "must end before the `?` or `#`"),
    ("https://x.org:99999", "has a port that is not a number from 1 to 65535"),
    ("https://x.org\n", "contains a space or another character that an address cannot contain"),
    ("https://x y.org", "contains a space or another character that an address cannot contain"),
  ])
  func `an invalid address is an error that does not show it`(text: String, reason: String) {
    #expect(
      problems(["MATTERMOST_URL": text]) == ["MATTERMOST_URL \(reason); write it like https://chat.example.com"])
  }

  @Test(arguments: [
    ("s3cret\n", "contains a line break; set it to the token alone"),
    ("s3cret\r\nX: y", "contains a line break; set it to the token alone"),
    (" s3cret", "contains a space; set it to the token alone"),
    ("s3\u{0}cret", "contains a character that no token has; copy it again from Mattermost"),
    ("s3crét", "contains a character that no token has; copy it again from Mattermost"),
  ])
  func `an invalid token is an error that does not show it`(token: String, reason: String) {
    #expect(problems(["MATTERMOST_TOKEN": token]) == ["MATTERMOST_TOKEN \(reason)"])
  }

  @Test func `all missing variables are reported at once, with the remedy`() {
    #expect(
      problems(["MATTERMOST_URL": "", "MATTERMOST_TOKEN": ""]) == [
        "MATTERMOST_URL is not set; run `edgecrab setup`, export it, or write "
          + "MATTERMOST_URL=https://chat.example.com into /nonexistent/.edgecrab/.env",
        "MATTERMOST_TOKEN is not set; create a bot account in Mattermost under Integrations, and export its access token, "
          + "or write MATTERMOST_TOKEN=… into /nonexistent/.edgecrab/.env",
      ])
  }

  @Test func `the token is read from a file, without its last line feed`() throws {
    let folder = try TemporaryFolder()
    for end in ["", "\n", "\r\n"] {
      let file = try folder.write("s3cret" + end, to: "token")
      #expect(try settings(["MATTERMOST_TOKEN": "", "MATTERMOST_TOKEN_FILE": file]).token == Secret("s3cret"))
    }
    let both = "MATTERMOST_TOKEN and MATTERMOST_TOKEN_FILE are both set; remove one of them"
    #expect(problems(["MATTERMOST_TOKEN_FILE": folder.path("token")]) == [both])
    #expect(try settings(["MATTERMOST_TOKEN_FILE": ""]).token == Secret("t0ken"))
  }

  @Test(arguments: [
    ("empty", "MATTERMOST_TOKEN_FILE names PATH, which is empty; write the bot's token into it, alone and on one line"),
    ("lines", "the token in PATH contains a line break; write the bot's token into it, alone and on one line"),
    (
      "binary",
      "the token in PATH contains a character that no token has; copy it again from Mattermost; write the bot's token "
        + "into it, alone and on one line"
    ),
    (
      "large",
      "MATTERMOST_TOKEN_FILE names PATH, which is larger than 16384 bytes; check that it is the right file; write the "
        + "bot's token into it, alone and on one line"
    ),
    (
      "missing",
      "MATTERMOST_TOKEN_FILE names PATH, which does not exist; create it, and write the bot's token into it, alone and "
        + "on one line"
    ),
    ("", "MATTERMOST_TOKEN_FILE names PATH, which cannot be read: a directory; name a regular file"),
    ("pipe", "MATTERMOST_TOKEN_FILE names PATH, which cannot be read: not a regular file; name a regular file"),
  ])
  func `an unusable token file is an error that does not show its content`(name: String, text: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("\n", to: "empty")
    _ = try folder.write("s3cret\ns3cret\n", to: "lines")
    _ = try folder.write("s3c\u{0}ret", to: "binary")
    _ = try folder.write(String(repeating: "s", count: 17_000), to: "large")
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let path = name.isEmpty ? folder.url.path : folder.path(name)
    #expect(
      problems(["MATTERMOST_TOKEN": "", "MATTERMOST_TOKEN_FILE": path]) == [text.replacing("PATH", with: path)])
  }

  @Test func `for a credential of systemd, the remedy names the unit's line`() throws {
    let folder = try TemporaryFolder()
    let variables = ["MATTERMOST_TOKEN": "", "CREDENTIALS_DIRECTORY": folder.url.path]
    let path = folder.path("token")
    #expect(
      problems(variables.merging(["MATTERMOST_TOKEN_FILE": path]) { $1 }) == [
        "MATTERMOST_TOKEN_FILE names \(path), which does not exist; add LoadCredential=token:/etc/edgecrab/token to the unit"
      ])
    _ = try folder.write("", to: "token")
    #expect(
      problems(variables.merging(["MATTERMOST_TOKEN_FILE": path]) { $1 }) == [
        "MATTERMOST_TOKEN_FILE names \(path), which is empty; write the bot's token into the file that the unit's "
          + "LoadCredential= names for it, then restart the service"
      ])
  }

  @Test(arguments: [
    ("ALLOWED_USER", "ALLOWED_USERS"), ("ALOWED_USERS", "ALLOWED_USERS"), ("ALLOWEDUSERS", "ALLOWED_USERS"),
    ("Allowed_Users", "ALLOWED_USERS"), ("TOKENS", "TOKEN"), ("TOKEN_FILES", "TOKEN_FILE"), ("TOKENFILE", "TOKEN_FILE"),
    ("TOEKN", "TOKEN"), ("URI", "URL"),
  ])
  func `a mistyped name is an error, since it would allow everyone`(name: String, meant: String) {
    #expect(
      problems(["MATTERMOST_\(name)": "alice"]) == [
        "MATTERMOST_\(name) is not a variable of edgecrab; did you mean MATTERMOST_\(meant)?"
      ])
  }

  @Test(arguments: [
    "MATTERMOST_ALLOWED_USERS", "MATTERMOST_HOME", "MATTERMOST_TEAM", "MATTERMOST_PORT", "MATTERMOST_USER",
    "MATTERMOST_", "MATTERMOS_TOKENS", "MM_TOKENS",
  ])
  func `an unrelated name is not an error`(name: String) {
    #expect(problems([name: "x"]).isEmpty)
  }

  @Test func `a mistyped name in the file is an error with its location`() throws {
    try withHome("MATTERMOST_URL=https://x.org\nMATTERMOST_TOKEN=t\nMATTERMOST_ALLOWED_USER=alice\n") { home in
      do throws(SettingsError) {
        _ = try Settings(Environment(process: ["EDGECRAB_HOME": home]))
        Issue.record("no error was thrown")
      } catch {
        #expect(
          error.description == "\(home)/.env:3:1: MATTERMOST_ALLOWED_USER is not a variable of edgecrab; "
            + "did you mean MATTERMOST_ALLOWED_USERS?")
      }
    }
  }

  @Test func `an error of the file has its location`() throws {
    try withHome("MATTERMOST_URL=chat\nMATTERMOST_TOKEN='a b'\nnonsense") { home in
      #expect(throws: SettingsError.self) { try Settings(Environment(process: ["EDGECRAB_HOME": home])) }
      do throws(SettingsError) {
        _ = try Settings(Environment(process: ["EDGECRAB_HOME": home]))
      } catch {
        #expect(
          error.description == """
            \(home)/.env:3:9: a `=` is missing here; write NAME=value
            \(home)/.env:1:1: MATTERMOST_URL must begin with http:// or https://; write it like https://chat.example.com
            \(home)/.env:2:1: MATTERMOST_TOKEN contains a space; set it to the token alone
            """)
      }
    }
  }
}
