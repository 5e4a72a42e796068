import Foundation

/// A headless Chromium process with its own profile.
final class Chromium: Sendable {
  /// The address of the DevTools protocol.
  let devToolsURL: String
  private let process: Process
  private let profile: TemporaryFolder

  /// Starts it and waits until it listens.
  ///
  /// - Throws: `TestFailure` if Chromium is not installed or does not start.
  static func start() async throws -> Chromium {
    let process = Process()
    process.executableURL = try executable()
    let profile = try TemporaryFolder()
    process.arguments =
      [
        "--headless=new", "--remote-debugging-port=0", "--user-data-dir=\(profile.url.path)", "--no-first-run",
        "--no-default-browser-check", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        "--force-color-profile=srgb",
        // Its sandbox is not to be had as root, nor in most containers; here it only ever opens pages of our own.
        "--no-sandbox", "about:blank",
      ]
    process.standardOutput = FileHandle.nullDevice
    let output = Pipe()
    process.standardError = output
    let (chunks, continuation) = AsyncStream.makeStream(of: Data.self)
    output.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty { continuation.finish() } else { continuation.yield(data) }
    }
    process.terminationHandler = { _ in continuation.finish() }
    // Its temporary files are removed with the profile.
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": profile.url.path]) { $1 }
    try process.run()
    let deadline = Task {
      try await Task.sleep(for: .seconds(60))
      continuation.finish()
    }
    defer { deadline.cancel() }
    var said = Data()
    for await chunk in chunks {
      said.append(chunk)
      if let url = devToolsURL(in: said) { return Chromium(devToolsURL: url, process: process, profile: profile) }
    }
    process.terminate()
    throw TestFailure("Chromium did not start; it said: \(String(decoding: said.suffix(2000), as: UTF8.self))")
  }

  private init(devToolsURL: String, process: Process, profile: TemporaryFolder) {
    self.devToolsURL = devToolsURL
    self.process = process
    self.profile = profile
  }

  deinit { stop() }

  /// Ends the process and those that it started.
  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
    // Some outlive it for a moment, and would write into a profile that is being removed.
    kill(-process.processIdentifier, SIGKILL)
  }

  private static func devToolsURL(in output: Data) -> String? {
    // Only whole lines: the address may come in two pieces.
    String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .first { $0.hasPrefix("DevTools listening on ") }
      .map { String($0.dropFirst("DevTools listening on ".count)) }
  }

  private static func executable() throws -> URL {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
        return URL(fileURLWithPath: "\(folder)/\(name)")
      }
    }
    throw TestFailure(
      "there is no Chromium on the PATH, and the chat page is tested in one: `make test` installs it, "
        + "or `apt-get install chromium`")
  }
}
