/// The folder of a project in which an agent's program works.
package struct ProjectFolder: Sendable, Equatable {
  /// The path, absolute and without `.` and `..`: texts and places to fill.
  package var parts: [Part]
  /// Whether each conversation has a git worktree of it.
  package var isWorktree: Bool

  /// A stretch of the path or a place to fill.
  package enum Part: Sendable, Equatable {
    case text(String)
    case placeholder(Placeholder)
  }

  /// What can be filled in.
  package enum Placeholder: String, Sendable, CaseIterable {
    /// The channel's name.
    case channel
    /// The channel's id.
    case channelID = "channel_id"
    /// The name of the account that asks.
    case user
    /// The id of the account that asks.
    case userID = "user_id"
  }

  /// Why a path cannot be filled: a value that could mean something else to the file system than a name.
  package struct UnsafeValue: Error, Sendable, Equatable {
    /// What was to be filled.
    package let placeholder: Placeholder
    /// The value.
    package let value: String
  }

  /// States a folder.
  package init(parts: [Part], isWorktree: Bool = false) {
    self.parts = parts
    self.isWorktree = isWorktree
  }

  /// The path with its places unfilled, each as `{{name}}`.
  package var written: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .placeholder(let placeholder): "{{\(placeholder.rawValue)}}"
      }
    }.joined()
  }

  /// The part of the path before the first component that has a place to fill; all of it if there is none.
  package var fixedPath: String {
    guard case .text(let text)? = parts.first else { return "/" }
    guard parts.count > 1, let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
    return slash == text.startIndex ? "/" : String(text[..<slash])
  }

  /// Whether the path is the same for all messages.
  package var isFixed: Bool { parts.count <= 1 }

  /// Returns the path with every place filled. A value is a part of one component whatever people call themselves or their
  /// channels: a lower-case letter or digit, then those, `.`, `-` and `_`.
  package func filled(_ value: (Placeholder) -> String) throws(UnsafeValue) -> String {
    var path = ""
    for part in parts {
      switch part {
      case .text(let text): path += text
      case .placeholder(let placeholder):
        let value = value(placeholder)
        guard Self.isSafe(value) else { throw UnsafeValue(placeholder: placeholder, value: value) }
        path += value
      }
    }
    return path
  }

  private static func isSafe(_ value: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
    guard let first = value.utf8.first, isPlain(first), value.utf8.count <= valueBytesMax else { return false }
    return value.utf8.allSatisfy { isPlain($0) || "._-".utf8.contains($0) }
  }

  /// Names of channels and accounts have 64 characters at most, and those of group channels 40.
  private static let valueBytesMax = 128
}

extension AgentKind {
  /// The folder of a project in which its program works; `nil` if it has none.
  package var folder: ProjectFolder? {
    switch self {
    case .exec(let settings): settings.folder
    case .acp(let settings): settings.folder
    case .echo, .openai, .anthropic: nil
    }
  }
}
