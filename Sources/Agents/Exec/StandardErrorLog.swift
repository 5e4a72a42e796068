import Core
import Logging
import Processes

/// Logs the standard error of a program, line by line, and stores the last lines in case the program fails.
/// Secrets are redacted.
actor StandardErrorLog {
  private let agent: String
  private let secrets: [String]
  private let logger: Logger
  private var line: [UInt8] = []
  private var last: [String] = []
  private var loggedCount = 0
  private var omittedCount = 0

  /// - Parameter secrets: values that are never logged, longest first.
  init(agent: String, hiding secrets: [String], logger: Logger) {
    self.agent = agent
    self.secrets = secrets
    self.logger = logger
  }

  /// Adds bytes.
  func append(_ bytes: [UInt8]) {
    for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      if piece.offset > 0 { endLine() }
      line += piece.element
      guard line.count > Limits.errorLineBytesMax else { continue }
      // Of a progress line, only the last state matters.
      if let start = line.lastIndex(of: UInt8(ascii: "\r")) { line.removeFirst(start + 1) }
      if line.count > Limits.errorLineBytesMax { endLine() }
    }
  }

  /// Resets the limits for the next request of the conversation.
  func beginRequest() {
    endLine()
    logOmitted()
    (last, loggedCount) = ([], 0)
  }

  /// Returns the last lines of the request, on one line; empty if there are none.
  func lastLines() -> String {
    endLine()
    logOmitted()
    return last.joined(separator: " | ")
  }

  /// Logs the last lines of a program whose response was ended before it was complete, unless the error has them
  /// already.
  func logLastLines(unlessIn error: (any Error)? = nil) {
    if case RPCConnectionError.ended? = error { return }
    let lines = lastLines()
    guard !lines.isEmpty else { return }
    logger.notice(
      "answer ended; last lines of the program's standard error",
      metadata: ["agent": "\(agent)", "standard_error": "\(lines)"])
  }

  private func endLine() {
    defer { line = [] }
    let text = TerminalText.plain(String(decoding: line, as: UTF8.self)).redacting(secrets)
    let shown = text.singleLine(atMost: Limits.detailScalarsMax)
    guard !shown.isEmpty else { return }
    last.append(shown)
    if last.count > Limits.errorLinesShown { last.removeFirst() }
    guard loggedCount < Limits.errorLinesLogged else { return omittedCount += 1 }
    loggedCount += 1
    logger.info("program's standard error", metadata: ["agent": "\(agent)", "line": "\(shown)"])
  }

  private func logOmitted() {
    guard omittedCount > 0 else { return }
    logger.info(
      "more of the program's standard error left out",
      metadata: ["agent": "\(agent)", "count": .stringConvertible(omittedCount)])
    omittedCount = 0
  }
}

extension ChildProcess.Termination {
  /// Returns the status and the program's last lines for the log.
  func detail(_ lastLines: String) -> String {
    [status.text, lastLines].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension ChildProcess.Termination.Status {
  /// The status, with what a shell means by it.
  fileprivate var text: String {
    switch self {
    case .exited(126): "exited(126): a program in it is not executable (`chmod +x`)"
    case .exited(127): "exited(127): a program in it was not found"
    default: "\(self)"
    }
  }
}
