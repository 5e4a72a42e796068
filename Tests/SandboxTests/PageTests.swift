import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("The chat page in a real browser", .serialized)
struct PageTests {
  @Test func `a mention is typed, shown, and answered, also in a thread`() async throws {
    try await withPage { page, sandbox in
      try await page.choose("alice", in: "#speaker")
      // Typing is told only to those who listen at that moment.
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
      try await page.click("[data-channel=dev]")
      try await page.focus("#text")
      try await page.type("@edgecrab hi")
      try await page.press("Enter")
      try await page.wait(for: "[data-author=alice] .text", containing: "@edgecrab hi")

      let question = try await sandbox.nextPost { $0.message == "@edgecrab hi" }
      #expect(question.author == "alice")
      let bot = Client(sandbox)
      _ = try await bot.call(
        "POST", "/api/v4/users/me/typing", ["channel_id": question.channelID, "parent_id": ""])
      try await page.wait(for: "#composer [data-role=typing]", containing: "edgecrab is typing")
      _ = try await bot.post("Hello **Alice**", in: question.channelID)
      try await page.wait(for: "#messages [data-author=edgecrab] .text strong", containing: "Alice")
      try await page.wait(until: "document.querySelector('#composer [data-role=typing]').textContent === ''")

      _ = try await bot.post("and in the thread", in: question.channelID, root: question.id)
      try await page.click("[data-post=\"\(question.id)\"] [data-role=replies]")
      try await page.wait(for: "#thread-messages [data-author=edgecrab] .text", containing: "and in the thread")
      try await page.wait(until: "document.activeElement.id === 'thread-text'")
      try await page.type("thanks")
      try await page.press("Enter", shift: true)
      try await page.type("a lot")
      try await page.press("Enter")
      let thanks = try await sandbox.nextPost { $0.message == "thanks\na lot" }
      #expect(thanks.rootID == question.id)
      try await page.wait(for: "[data-post=\"\(question.id)\"] [data-role=replies]", containing: "2 replies")
    }
  }

  @Test func `reactions and files of the bot are shown`() async throws {
    try await withPage { page, sandbox in
      let bot = Client(sandbox)
      let question = try await sandbox.post(as: "alice", in: "dev", "hi")
      _ = try await bot.object(
        "POST", "reactions", ["user_id": try await bot.user("edgecrab"), "post_id": question, "emoji_name": "eyes"])
      try await page.wait(for: "[data-post=\"\(question)\"] [data-reaction=eyes]", containing: "👀")
      let dev = try await bot.channel("dev")
      let answer = try await bot.object("POST", "files?channel_id=\(dev)&filename=rest.md", "the rest")
      let file = try #require((answer["file_infos"] as? [[String: Any]])?.first?["id"])
      _ = try await bot.object("POST", "posts", ["channel_id": dev, "message": "see", "file_ids": [file]])
      try await page.wait(for: "[data-author=edgecrab] [data-file=\"rest.md\"]", containing: "rest.md, 8 bytes")
    }
  }

  @Test func `files are attached, removed, sent without text, and downloaded`() async throws {
    try await withPage { page, sandbox in
      try await page.choose("alice", in: "#speaker")
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
      try await page.click("[data-channel=dev]")
      // As the dialogue of the browser does after a choice.
      let chosen = """
        (() => {
          const files = new DataTransfer();
          for (const name of ["a.txt", "b.txt"]) files.items.add(new File([`this is ${name}`], name));
          const input = document.querySelector("#composer input[type=file]");
          input.files = files.files;
          input.dispatchEvent(new Event("change"));
          return true;
        })()
        """
      let _: Bool = try await page.evaluate(chosen)
      try await page.wait(for: "#composer [data-attached=\"b.txt\"]", containing: "b.txt")
      try await page.click("#composer [data-attached=\"b.txt\"] button")
      try await page.click("#composer .send")
      let sent = try await sandbox.nextPost { !$0.files.isEmpty }
      #expect(sent.message.isEmpty && sent.files == ["a.txt": "this is a.txt"])
      try await page.wait(for: "[data-post=\"\(sent.id)\"] [data-file=\"a.txt\"] button", containing: "a.txt, 13 bytes")
      try await page.wait(until: "document.querySelector('#composer [data-role=attached]').hidden")
      let bot = Client(sandbox)
      let post = try await bot.object("GET", "posts/\(sent.id)")
      let id = try #require((post["file_ids"] as? [String])?.first)
      #expect(try await bot.call("GET", "/api/v4/files/\(id)").text == "this is a.txt")
    }
  }

  @Test func `a text that begins with a slash is not sent, as in Mattermost's client, and both remedies work`()
    async throws
  {
    try await withPage { page, sandbox in
      try await page.focus("#text")
      try await page.type("/help")
      try await page.press("Enter")
      try await page.wait(
        for: "#composer [data-role=note]",
        containing: "Mattermost's client does not send text that begins with /; "
          + "try !help, a leading space, or @edgecrab /help")
      #expect(try await sandbox.posts(in: "dev").isEmpty)
      try await page.click("#composer [data-role=note] button:nth-of-type(2)")
      try await page.press("Enter")
      try await page.wait(for: "[data-author=alice] .text", containing: "/help")
      #expect(try await sandbox.posts(in: "dev").map(\.message) == [" /help"])
    }
  }

  @Test func `hostile chat text is shown as text`() async throws {
    try await withPage { page, sandbox in
      try await sandbox.post(
        as: "mallory", in: "dev",
        """
        <img src=x onerror="document.title='owned'"><script>document.title='owned'</script>
        [click](javascript:document.title='owned') [data](data:text/html,x) https://example.com/a_b_c). `<b>` **_x_**
        ```<i>
        </code><b>bold</b>
        ```
        """)
      try await page.wait(for: "[data-author=mallory] .text", containing: "onerror")
      let tags: [String] = try await page.evaluate(
        "[...new Set([...document.querySelectorAll('[data-author=mallory] .text *')].map(e => e.tagName))].sort()")
      #expect(tags == ["A", "BR", "CODE", "EM", "P", "PRE", "STRONG"])
      let links: [String] = try await page.evaluate(
        "[...document.querySelectorAll('[data-author=mallory] .text a')].map(a => a.href)")
      #expect(links == ["https://example.com/a_b_c"])
      #expect(try await page.evaluate("document.title") == "Dev · edgecrab sandbox")
    }
  }

  @Test func `hostile texts do not block the page`() async throws {
    try await withPage { page, sandbox in
      for pattern in ["*", "_a ", "**a *b ~~c ", "[a](b", "`", "` ``", "@a.", "http://(", "> ", "- ", "~~~", "#", "*_"]
      {
        let text = String(repeating: pattern, count: 16_000 / pattern.count)
        let id = try await sandbox.post(as: "mallory", in: "dev", text)
        try await page.wait(for: "[data-post=\"\(id)\"]")
      }
    }
  }

  @Test func `a table is shown as a table, and similar text as text`() async throws {
    try await withPage { page, sandbox in
      try await sandbox.post(
        as: "alice", in: "dev",
        """
        Before
        | Command | Count |
        | :-- | --: |
        | `!new` or `a \\| b` | **2** <b>x</b> |

        a | b
        but no bar follows
        """)
      try await page.wait(for: "[data-author=alice] .text td", containing: "!new")
      let cells: [String] = try await page.evaluate(
        "[...document.querySelectorAll('[data-author=alice] .text :is(th, td)')].map(e => e.textContent)")
      #expect(cells == ["Command", "Count", "!new or a | b", "2 <b>x</b>"])
      let paragraphs: [String] = try await page.evaluate(
        "[...document.querySelectorAll('[data-author=alice] .text p')].map(e => e.textContent)")
      #expect(paragraphs == ["Before", "a | bbut no bar follows"])
    }
  }

  @Test func `posts in other channels are marked unread, and mentions are counted`() async throws {
    try await withPage { page, sandbox in
      try await sandbox.post(as: "bob", in: "town-square", "lunch?")
      try await page.wait(for: "[data-channel=town-square][data-unread='1']")
      try await sandbox.post(as: "bob", in: "town-square", "@alice lunch?")
      try await page.wait(for: "[data-channel=town-square][data-unread='2'] .badge", containing: "1")
      try await page.click("[data-channel=town-square]")
      try await page.wait(until: "!document.querySelector('[data-channel=town-square][data-unread]')")
      try await page.wait(for: "#messages [data-author=bob] .mention", containing: "@alice")
    }
  }

  @Test func `each user sees their own channels`() async throws {
    try await withPage { page, sandbox in
      try await page.wait(for: "[data-channel=ops]")
      try await page.choose("mallory", in: "#speaker")
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
      try await page.wait(until: "!document.querySelector('[data-channel=ops]')")
      try await page.click("[data-channel='@edgecrab']")
      try await page.focus("#text")
      try await page.type("let me in")
      try await page.press("Enter")
      let post = try await sandbox.nextPost { $0.message == "let me in" }
      #expect(post.author == "mallory")
      #expect(try await sandbox.posts(in: "@edgecrab", as: "mallory") == [post])
    }
  }

  @Test func `the page reconnects and shows missed posts`() async throws {
    try await withPage { page, sandbox in
      try await sandbox.dropConnections()
      try await sandbox.post(as: "bob", in: "dev", "while you were away")
      try await page.wait(for: "[data-author=bob] .text", containing: "while you were away")
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
    }
  }

  @Test func `without the key of the printed address, the page explains what to do`() async throws {
    try await withSandbox { sandbox in
      try await Browser.with { browser in
        let page = try await browser.open(sandbox.url)
        try await page.wait(for: "#stop", containing: "open the address that this sandbox has printed")
      }
    }
  }
}
