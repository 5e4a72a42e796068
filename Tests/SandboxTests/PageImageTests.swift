import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("Images on the chat page", .serialized)
struct PageImageTests {
  @Test func `an image that the bot posts is shown, and can be downloaded`() async throws {
    try await withPage { page, sandbox in
      let id = try await sandbox.post(
        as: "edgecrab", in: "dev", "the plot", files: ["plot.png": SamplePNG.of(width: 30, height: 20)])
      try await page.wait(
        until: "document.querySelector('[data-post=\"\(id)\"] [data-file=\"plot.png\"] img')?.naturalWidth === 30")
      let image: [String] = try await page.evaluate(
        "(image => [image.alt, image.src.slice(0, 5), String(image.naturalHeight)])"
          + "(document.querySelector('[data-post=\"\(id)\"] img'))")
      #expect(image == ["plot.png", "blob:", "20"])
      try await page.wait(for: "[data-post=\"\(id)\"] [data-file=\"plot.png\"] button", containing: "plot.png, ")
    }
  }

  @Test func `nothing else is shown as an image, and nothing is loaded from elsewhere`() async throws {
    try await withPage { page, sandbox in
      let id = try await sandbox.post(
        as: "mallory", in: "dev", "![x](http://127.0.0.1:9/x.png) http://127.0.0.1:9/y.png",
        files: [
          "bomb.png": SamplePNG.claiming(width: 30_000, height: 30_000),
          "page.png": Array("<script>document.title='owned'</script>".utf8),
          "drawing.svg": Array("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".utf8),
          "image.html": SamplePNG.of(width: 2, height: 2),
        ])
      try await page.wait(until: "document.querySelectorAll('[data-post=\"\(id)\"] [data-file]').length === 4")
      #expect(try await page.evaluate("document.querySelectorAll('[data-post=\"\(id)\"] img').length") == 0)
    }
  }

  @Test func `an image with broken pixels becomes a plain file`() async throws {
    try await withPage { page, sandbox in
      let id = try await sandbox.post(
        as: "mallory", in: "dev", "", files: ["broken.png": Array(SamplePNG.of(width: 9, height: 9).prefix(30))])
      try await page.wait(for: "[data-post=\"\(id)\"] [data-file=\"broken.png\"] button")
      try await page.wait(until: "!document.querySelector('[data-post=\"\(id)\"] img')")
    }
  }

  /// Heads of files, with the size in `metadata.files` as a real server has it.
  static let heads: [(String, [UInt8], [Int]?)] = [
    ("a.png", SamplePNG.claiming(width: 640, height: 480), [640, 480]),
    ("a.gif", Array("GIF89a".utf8) + [0x40, 0x01, 0xF0, 0x00, 0, 0, 0], [320, 240]),
    (
      "a.jpg",
      [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC2, 0, 17, 8, 0x01, 0x00, 0x02, 0x00, 3, 0, 0, 0],
      [512, 256]
    ),
    ("short.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF], nil),
    ("endless.jpg", [0xFF, 0xD8] + .init(repeating: 0xFF, count: 99), nil),
    ("short.png", Array(SamplePNG.of(width: 1, height: 1).prefix(20)), nil),
    ("none.png", SamplePNG.claiming(width: 0, height: 1), nil), ("empty.gif", [], nil),
  ]

  @Test(arguments: heads)
  func `the size of an image is read from its head`(_ name: String, _ content: [UInt8], _ size: [Int]?) async throws {
    try await withSandbox { sandbox in
      let id = try await sandbox.post(as: "alice", in: "dev", "", files: [name: content])
      let post = try await Client(sandbox).object("GET", "posts/\(id)")
      let file = ((post["metadata"] as? [String: Any])?["files"] as? [[String: Any]])?.first
      let found = file?["width"].map { [$0 as? Int, file?["height"] as? Int].compactMap(\.self) }
      #expect(found == size)
      #expect(file?["has_preview_image"] as? Bool == size.map { _ in true })
    }
  }
}
