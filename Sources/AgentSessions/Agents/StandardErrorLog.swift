import Core
import Logging
import RuleEngine

/// Writes what a program says on standard error into the log, a line each, and keeps its last lines for the case that the
/// program fails. Values that it was given to keep are left out.
actor StandardErrorLog {
  private let agent: String
  private let secrets: [String]
  private let logger: Logger
  private var line: [UInt8] = []
  private var last: [String] = []
  private var logged = 0
  private var leftOut = 0

  /// - Parameter secrets: what is never logged of what the program says, longest first.
  init(agent: String, hiding secrets: [String], logger: Logger) {
    self.agent = agent
    self.secrets = secrets
    self.logger = logger
  }

  /// Takes the next bytes.
  func take(_ bytes: [UInt8]) {
    for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      if piece.offset > 0 { endLine() }
      line += piece.element
      guard line.count > Limits.errorLineBytesMax else { continue }
      // Of a line of progress, only what was written last is of use.
      if let start = line.lastIndex(of: UInt8(ascii: "\r")) { line.removeFirst(start + 1) }
      if line.count > Limits.errorLineBytesMax { endLine() }
    }
  }

  /// Begins to count anew, as for the next message of a conversation.
  func begin() {
    endLine()
    tellLeftOut()
    (last, logged) = ([], 0)
  }

  /// Returns the last lines since `begin`, on one line; empty if there are none.
  func lastWords() -> String {
    endLine()
    tellLeftOut()
    return last.joined(separator: " | ")
  }

  /// Logs the last lines of a program whose answer was ended before it was complete, unless an error has them already.
  func logLastWords(unless error: (any Error)? = nil) {
    if case RPCConnectionError.ended? = error { return }
    let words = lastWords()
    guard !words.isEmpty else { return }
    logger.notice(
      "answer ended; last lines of the program's standard error", metadata: ["agent": "\(agent)", "lines": "\(words)"])
  }

  private func endLine() {
    defer { line = [] }
    let text = TerminalText.plain(String(decoding: line, as: UTF8.self)).redacting(secrets)
    let shown = text.singleLine(atMost: Limits.detailScalarsMax)
    guard !shown.isEmpty else { return }
    last.append(shown)
    if last.count > Limits.errorLinesShown { last.removeFirst() }
    guard logged < Limits.errorLinesLogged else { return leftOut += 1 }
    logged += 1
    logger.info("program's standard error", metadata: ["agent": "\(agent)", "line": "\(shown)"])
  }

  private func tellLeftOut() {
    guard leftOut > 0 else { return }
    logger.info(
      "more of the program's standard error left out", metadata: ["agent": "\(agent)", "lines": "\(leftOut)"])
    leftOut = 0
  }
}

extension [NamedValue] {
  /// Values that a program must not have logged: those that come from variables. A secret of several lines is hidden line
  /// by line; texts too short to be one are left alone, or half of each line would be hidden.
  var secrets: [String] {
    var values: [String] = []
    for variable in self where variable.written.contains("${") {
      let value = variable.value.exposed
      values.append(value)
      values += value.split(whereSeparator: \.isNewline).map(String.init)
    }
    return values.filter { $0.utf8.count >= Limits.secretBytesMin }.sorted { $0.utf8.count > $1.utf8.count }
  }
}

extension ACPSettings {
  /// Values that neither logs nor people may be shown of what the agent says: those of its variables, and of the
  /// variables and headers of its MCP servers.
  var secrets: [String] {
    var values = environment
    for server in mcpServers {
      switch server.connection {
      case .program(_, let variables): values += variables
      case .address(_, _, let headers):
        values += headers
        // A token may be quoted without the scheme before it (RFC 9110, section 11.4).
        for header in headers {
          values += header.value.exposed.split(separator: " ").dropFirst().map { word in
            NamedValue(name: header.name, value: Secret(String(word)), written: header.written)
          }
        }
      }
    }
    return values.secrets
  }
}
