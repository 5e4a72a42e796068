import Foundation
import Sandbox
import TestSupport
import Testing

/// Nothing may stick out of the window, at the sizes that people have. With `EDGECRAB_SCREENSHOTS` set to a folder,
/// the pictures are kept there to be looked at.
@Suite("The chat page's look", .serialized)
struct PageLookTests {
  @Test func `nothing on the page overflows, wide or narrow, light or dark`() async throws {
    try await withSandbox { sandbox in
      let rootID = try await Self.fill(sandbox)
      try await Browser.with { browser in
        let page = try await browser.open(sandbox.pageURL)
        try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
        try await page.wait(for: "[data-author=edgecrab] pre")
        try await sandbox.post(as: "bob", in: "town-square", "@alice lunch?")
        try await sandbox.post(as: "bob", in: "random", "anyone?")
        try await page.wait(for: "[data-channel=random][data-unread]")
        for (width, height) in [(1200, 800), (420, 800)] {
          for dark in [false, true] {
            let name = "\(width)-\(dark ? "dark" : "light")"
            try await page.show(width: width, height: height, dark: dark)
            try await Self.look(page, "\(name)-channel")
            try await page.click("[data-post=\"\(rootID)\"] [data-role=replies]")
            try await page.wait(for: "#thread-messages [data-author=bob]")
            try await Self.look(page, "\(name)-thread")
            try await page.click("#thread-close")
            if width < 720 {
              try await page.click("#menu")
              try await page.wait(for: "[data-sidebar] #sidebar")
              try await Self.look(page, "\(name)-channels")
              try await page.press("Escape")
            }
          }
        }
        try await page.show(width: 1200, height: 800, dark: false)
        try await page.click("[data-channel='@edgecrab']")
        let _: Bool = try await page.evaluate(
          """
          (() => {
            const files = new DataTransfer();
            files.items.add(new File(["x"], "notes.md"));
            const input = document.querySelector("#composer input[type=file]");
            input.files = files.files;
            return input.dispatchEvent(new Event("change"));
          })()
          """)
        try await page.type("/help")
        try await page.press("Enter")
        try await page.wait(for: "[data-role=note] button")
        try await Self.look(page, "1200-light-note")
      }
    }
  }

  @Test func `what can be done with posts does not overflow either`() async throws {
    try await withSandbox { sandbox in
      _ = try await Self.fill(sandbox)
      _ = await sandbox.add(
        SandboxNames(
          teams: ["core"], users: [.init("zoe"), .init("jenkins", isBot: true)],
          channels: [.init("build-farm", team: "core")], webhooks: [.init("failed builds", owner: "jenkins")]))
      await sandbox.explainPosts { _ in Self.explanation }
      _ = try await sandbox.postByWebhook(#"{"text": "build 7 failed", "channel": "dev", "username": "CI"}"#)
      let id = try await sandbox.post(
        as: "alice", in: "dev", "@edgecrab here is the plot", files: ["plot.png": SamplePNG.of(width: 320, height: 180)]
      )
      try await sandbox.react(to: id, as: "alice", with: "+1")
      try await sandbox.react(to: id, as: "bob", with: "+1")
      try await sandbox.react(to: id, as: "bob", with: "heart")
      try await Browser.with { browser in
        let page = try await browser.open(sandbox.pageURL)
        try await page.wait(until: "document.querySelector('[data-post=\"\(id)\"] img')?.complete")
        for (width, height) in [(1200, 800), (390, 800)] {
          for dark in [false, true] {
            let name = "\(width)-\(dark ? "dark" : "light")"
            try await page.show(width: width, height: height, dark: dark)
            try await page.focus("[data-post=\"\(id)\"] [data-role=react]")
            try await Self.look(page, "\(name)-actions")
            try await page.press("Enter")
            try await page.wait(for: "[data-post=\"\(id)\"] [data-role=emoji]")
            try await Self.look(page, "\(name)-emoji")
            try await page.press("Escape")
            try await page.click("[data-post=\"\(id)\"] [data-role=delete]")
            try await Self.look(page, "\(name)-delete")
            try await page.press("Escape")
            try await page.click("[data-post=\"\(id)\"] [data-role=edit]")
            try await Self.look(page, "\(name)-edit")
            try await page.press("Escape")
            try await page.click("[data-post=\"\(id)\"] [data-role=why]")
            try await page.wait(for: "#why-text .no")
            try await Self.look(page, "\(name)-why")
            try await page.press("Escape")
            try await page.choose("webhook:\(try await sandbox.webhookID("failed builds"))", in: "#speaker")
            try await page.focus("#text")
            try await page.type("@")
            try await page.wait(for: "#names [role=option]")
            try await Self.look(page, "\(name)-completion")
            try await page.press("Escape")
            try await page.choose("alice", in: "#speaker")
            try await page.wait(for: "[data-post=\"\(id)\"] img")
            let _: Bool = try await page.evaluate("(document.querySelector('#text').value = '', true)")
          }
        }
      }
    }
  }

  private static let explanation = """
    @alice in ~dev (public), team acme, at 2026-11-29 13:17 UTC
      please build

    ✗ farm  rules.yaml:5
        trigger: expected mention, found a plain message
    ✗ failed builds  rules.yaml:8
        author: expected webhook, found human
    ✗ others  rules.yaml:11
        trigger: expected mention, found a plain message

    No rule matches: the bot stays silent.
    Nearest miss: it would be answered if it mentioned the bot (rule `others`,
      rules.yaml:11).
    The gateway decided: no rule matches.

    """

  private static func look(_ page: BrowserPage, _ name: String) async throws {
    let _: Bool = try await page.evaluate(
      "Promise.allSettled(document.getAnimations().filter(a => a.effect.getTiming().iterations === 1)"
        + ".map(a => a.finished)).then(() => true)")
    let overflows: Bool = try await page.evaluate(
      "document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight")
    #expect(!overflows, "\(name) is larger than its window")
    guard let folder = ProcessInfo.processInfo.environment["EDGECRAB_SCREENSHOTS"] else { return }
    try await page.screenshot().write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).png"))
  }

  private static func fill(_ sandbox: SandboxServer) async throws -> String {
    let bot = Client(sandbox)
    let dev = try await bot.channel("dev")
    try await sandbox.post(as: "bob", in: "dev", "Morning! The parser test fails on my machine again.")
    try await sandbox.post(as: "bob", in: "dev", "Only with *very* long lines: `make test` stops at `LexerTests`.")
    try await sandbox.post(
      as: "bob", in: "dev", "",
      files: [
        "a log with a name that is far longer than the window is wide at some sizes.txt": [1],
        "plot.png": [UInt8](repeating: 1, count: 2_000),
      ])
    let rootID = try await sandbox.post(
      as: "alice", in: "dev", "@edgecrab what does this do?\n```swift\nlet words = text.split(separator: \" \")\n```")
    _ = try await bot.post(
      """
      It splits `text` at every space:

      1. Empty pieces are **left out**, so two spaces in a row are one.
      2. The pieces are `Substring`s: they share the storage of `text`.

      To keep the empty ones:
      ```swift
      let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) // each word a String of its own, empty ones too
      ```
      > Mind that `components(separatedBy:)` needs Foundation.

      See https://developer.apple.com/documentation/swift/string/split(separator:maxsplits:omittingemptysubsequences:).
      """, in: dev)
    try await sandbox.post(as: "bob", in: "dev", "Nice, thanks 🎉", root: rootID)
    let reply = try await bot.post("Any time.", in: dev, root: rootID)
    _ = try await bot.call(
      "POST", "/api/v4/reactions",
      ["user_id": try await bot.user("edgecrab"), "post_id": reply, "emoji_name": "tada"])
    _ = try await bot.call(
      "POST", "/api/v4/reactions",
      ["user_id": try await bot.user("edgecrab"), "post_id": rootID, "emoji_name": "eyes"])
    try await sandbox.post(
      as: "carol.o-brien", in: "dev",
      "averylongwordwithoutanyspaceatallthatnobreakpointcansave" + String(repeating: "x", count: 80))
    try await sandbox.post(as: "otherbot", in: "dev", "build #41 passed")
    return rootID
  }
}
