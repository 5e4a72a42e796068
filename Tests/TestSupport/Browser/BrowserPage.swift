package import Foundation

/// A tab. Elements are given by CSS selectors; waiting happens in the page, on its changes.
package struct BrowserPage: Sendable {
  let browser: Browser
  let session: String

  /// Returns the value of a JavaScript expression, and awaits a promise.
  package func evaluate<Value: Decodable & Sendable>(_ expression: String) async throws -> Value {
    let answer: Evaluation<Value> = try await command(
      "Runtime.evaluate",
      ["expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true])
    if let details = answer.exceptionDetails {
      throw TestFailure("in the page: \(details.exception?.description ?? details.text)")
    }
    guard let value = answer.result.value else { throw TestFailure("`\(expression)` came to nothing") }
    return value
  }

  /// Waits until `expression` is true, evaluating it after every change of the page.
  package func wait(until expression: String, within limit: Duration = patience) async throws {
    let milliseconds = limit.components.seconds * 1000
    let held: Bool = try await evaluate(
      """
      new Promise(resolve => {
        const holds = () => { try { return Boolean(\(expression)); } catch { return false; } };
        if (holds()) return resolve(true);
        const done = held => { observer.disconnect(); clearTimeout(late); resolve(held); };
        const observer = new MutationObserver(() => { if (holds()) done(true); });
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        const late = setTimeout(() => done(holds()), \(milliseconds));
      })
      """)
    guard held else {
      let text: String = try await evaluate("document.body.innerText")
      throw TestFailure("waited \(limit) in the page until \(expression); it shows: \(text)")
    }
  }

  /// Waits for an element whose text contains `text`.
  package func wait(for selector: String, containing text: String = "") async throws {
    try await wait(
      until: "[...document.querySelectorAll(\(quoted(selector)))].some(e => e.textContent.includes(\(quoted(text))))")
  }

  /// Returns the texts of all elements of a selector.
  package func texts(of selector: String) async throws -> [String] {
    try await evaluate("[...document.querySelectorAll(\(quoted(selector)))].map(e => e.textContent)")
  }

  /// Clicks on the middle of an element.
  package func click(_ selector: String) async throws {
    struct Point: Decodable, Sendable {
      let x: Double
      let y: Double
    }
    try await wait(for: selector)
    let point: Point = try await evaluate(
      """
      (async () => {
        // Not while it moves or is replaced.
        let last, still = 0;
        while (still < 5) {
          const element = document.querySelector(\(quoted(selector)));
          element?.scrollIntoView({ block: "nearest" });
          const box = element?.getBoundingClientRect();
          const same = last && element === last.element && box.x === last.box.x && box.y === last.box.y;
          still = same ? still + 1 : 0;
          last = element && { element, box };
          await new Promise(done => setTimeout(done, 20));
        }
        return { x: last.box.x + last.box.width / 2, y: last.box.y + last.box.height / 2 };
      })()
      """)
    for type in ["mouseMoved", "mousePressed", "mouseReleased"] {
      try await perform(
        "Input.dispatchMouseEvent",
        ["type": type, "x": point.x, "y": point.y, "button": type == "mouseMoved" ? "none" : "left", "clickCount": 1])
    }
  }

  /// Chooses an option of a `<select>` by its value.
  package func choose(_ value: String, in selector: String) async throws {
    try await wait(for: "\(selector) option[value=\"\(value)\"]")
    let _: Bool = try await evaluate(
      """
      (() => {
        const element = document.querySelector(\(quoted(selector)));
        element.value = \(quoted(value));
        return element.dispatchEvent(new Event("change", { bubbles: true }));
      })()
      """)
  }

  /// Puts the cursor into an element.
  package func focus(_ selector: String) async throws {
    try await wait(for: selector)
    let _: Bool = try await evaluate("(document.querySelector(\(quoted(selector))).focus(), true)")
  }

  /// Writes at the cursor.
  package func type(_ text: String) async throws { try await perform("Input.insertText", ["text": text]) }

  /// Presses a key: `Enter`, `Escape`, `Tab`, or `ArrowUp` and its kind.
  package func press(_ key: String, shift: Bool = false) async throws {
    let code =
      ["Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40][key] ?? 0
    var event: [String: any Sendable] = [
      "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": shift ? 8 : 0,
    ]
    if key == "Enter" { event["text"] = "\r" }
    try await perform("Input.dispatchKeyEvent", event)
    event["type"] = "keyUp"
    event["text"] = nil
    try await perform("Input.dispatchKeyEvent", event)
  }

  /// Changes the window's size and the preferred colours.
  package func show(width: Int, height: Int, dark: Bool) async throws {
    try await perform(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    try await perform(
      "Emulation.setEmulatedMedia",
      ["features": [["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]]])
  }

  /// Returns a screenshot, a PNG.
  package func screenshot() async throws -> Data {
    struct Picture: Decodable, Sendable { let data: String }
    let picture: Picture = try await command("Page.captureScreenshot", ["format": "png"])
    guard let data = Data(base64Encoded: picture.data) else { throw TestFailure("the screenshot is no base64") }
    return data
  }

  func begin(_ url: String, width: Int, height: Int, dark: Bool) async throws {
    for domain in ["Page", "Runtime", "Log"] { try await perform("\(domain).enable") }
    try await show(width: width, height: height, dark: dark)
    try await perform("Page.navigate", ["url": url])
    try await wait(until: "document.readyState === 'complete' && location.href !== 'about:blank'")
  }

  private func perform(_ method: String, _ parameters: [String: any Sendable] = [:]) async throws {
    let _: Browser.Nothing = try await command(method, parameters)
  }

  private func command<Value: Decodable & Sendable>(
    _ method: String, _ parameters: [String: any Sendable]
  ) async throws -> Value {
    try await browser.command(method, parameters, session: session)
  }

  /// Returns `text` as a JavaScript string literal.
  private func quoted(_ text: String) -> String {
    let data = (try? JSONEncoder().encode(text)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
