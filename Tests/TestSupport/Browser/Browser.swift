import Foundation

/// A headless Chromium, driven over its DevTools protocol.
package actor Browser {
  private let chromium: Chromium
  private let socket: RawWebSocket
  private var lastID = 0
  private var waiting: [Int: CheckedContinuation<String, any Error>] = [:]
  private var complaints: [String] = []

  /// Starts a browser, runs `body`, and ends the browser.
  package static func with<Result: Sendable>(_ body: (Browser) async throws -> Result) async throws -> Result {
    let chromium = try await Chromium.start()
    defer { chromium.stop() }
    let browser = Browser(chromium, try await RawWebSocket.connect(chromium.devToolsURL))
    let listening = Task { await browser.listen() }
    defer { listening.cancel() }
    return try await body(browser)
  }

  private init(_ chromium: Chromium, _ socket: RawWebSocket) {
    self.chromium = chromium
    self.socket = socket
  }

  /// Opens a tab.
  package func open(_ url: String, width: Int = 1200, height: Int = 800, dark: Bool = false) async throws -> BrowserPage
  {
    struct Target: Decodable { let targetId: String }
    struct Attached: Decodable { let sessionId: String }
    let target: Target = try await command("Target.createTarget", ["url": "about:blank"])
    let attached: Attached = try await command(
      "Target.attachToTarget", ["targetId": target.targetId, "flatten": true])
    let page = BrowserPage(browser: self, session: attached.sessionId)
    try await page.begin(url, width: width, height: height, dark: dark)
    return page
  }

  /// Uncaught errors of scripts, refused loads and the like, from all pages so far.
  package func complaintsSoFar() -> [String] { complaints }

  struct Nothing: Decodable {}

  /// Sends a command and waits for its result.
  func command<Result: Decodable & Sendable>(
    _ method: String, _ parameters: [String: any Sendable] = [:], session: String? = nil
  ) async throws -> Result {
    lastID += 1
    let id = lastID
    var message: [String: any Sendable] = ["id": id, "method": method, "params": parameters]
    message["sessionId"] = session
    let text = String(decoding: try JSONSerialization.data(withJSONObject: message), as: UTF8.self)
    // Longer than any wait inside the page, which has its own messages for a time-out.
    let deadline = Task {
      try await Task.sleep(for: patience * 2)
      fail(id, TestFailure("Chromium did not answer \(method) for \(patience * 2)"))
    }
    defer { deadline.cancel() }
    let reply: String = try await withCheckedThrowingContinuation { continuation in
      waiting[id] = continuation
      Task {
        do { try await socket.send(text) } catch { fail(id, error) }
      }
    }
    let decoded = try JSONDecoder().decode(DevToolsReply<Result>.self, from: Data(reply.utf8))
    guard let result = decoded.result else {
      throw TestFailure("Chromium refused \(method): \(decoded.error?.message ?? reply)")
    }
    return result
  }

  private func fail(_ id: Int, _ error: any Error) { waiting.removeValue(forKey: id)?.resume(throwing: error) }

  private func listen() async {
    // Between commands Chromium may be silent for as long as the test thinks.
    while !Task.isCancelled, let message = try? await socket.next(within: .seconds(3600)) {
      guard case .text(let text) = message else { break }
      take(text)
    }
    for id in waiting.keys { fail(id, TestFailure("Chromium went away")) }
  }

  private func take(_ text: String) {
    struct Head: Decodable {
      let id: Int?
      let method: String?
    }
    guard let head = try? JSONDecoder().decode(Head.self, from: Data(text.utf8)) else { return }
    if let id = head.id {
      waiting.removeValue(forKey: id)?.resume(returning: text)
    } else if head.method == "Runtime.exceptionThrown" || head.method == "Log.entryAdded" {
      complaints.append(text)
    }
  }
}

/// The answer to a command of the DevTools protocol.
struct DevToolsReply<Result: Decodable & Sendable>: Decodable, Sendable {
  struct Failure: Decodable, Sendable { let message: String }

  let result: Result?
  let error: Failure?
}

/// The result of `Runtime.evaluate`, by value.
struct Evaluation<Value: Decodable & Sendable>: Decodable, Sendable {
  struct Remote: Decodable, Sendable { let value: Value? }
  struct Exception: Decodable, Sendable { let description: String? }
  struct Details: Decodable, Sendable {
    let text: String
    let exception: Exception?
  }

  let result: Remote
  let exceptionDetails: Details?
}
