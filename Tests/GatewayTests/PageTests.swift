import Foundation
import Sandbox
import TestSupport
import Testing

/// The sandbox's page, as after `make run`.
@Suite struct PageTests {
  @Test(.timeLimit(.minutes(2))) func `a mention typed in the browser is answered in the browser`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        try await Browser.with { browser in
          let page = try await browser.open(setting.sandbox.pageURL)
          try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
          try await page.choose("alice", in: "#speaker")
          try await page.click("[data-channel=dev]")
          try await page.focus("#text")
          try await page.type("@edgecrab hello from the browser")
          try await page.press("Enter")
          try await page.wait(for: "#messages [data-author=edgecrab] .text", containing: "hello from the browser")
        }
      }
    }
  }
}
