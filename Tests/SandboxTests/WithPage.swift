import Sandbox
import TestSupport
import Testing

/// A sandbox and a page of it as Alice in `dev`, connected; afterwards the page must not have complained.
func withPage(
  after prepare: (SandboxServer) async throws -> Void = { _ in },
  _ body: (BrowserPage, SandboxServer) async throws -> Void
) async throws {
  try await withSandbox { sandbox in
    try await prepare(sandbox)
    try await Browser.with { browser in
      let page = try await browser.open(sandbox.pageURL)
      try await page.wait(until: "document.querySelector('#app').dataset.state === 'ready'")
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
      try await body(page, sandbox)
      let complaints = await browser.complaintsSoFar().filter { !$0.contains("ERR_CONNECTION") }
      #expect(complaints.isEmpty)
    }
  }
}
