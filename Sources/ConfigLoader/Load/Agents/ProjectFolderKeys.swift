import Core
import FoundationEssentials
package import RuleEngine

extension Schema {
  /// The keys for the folder in which a program works.
  enum ProjectKeys {
    static let folder = Key(
      "folder", Values.folder, otherwise: "the conversation's own folder",
      """
      The project folder in which the program works: an absolute path, or one below `~/`. With `{{channel}}`, \
      `{{channel_id}}`, `{{user}}` or `{{user_id}}` in it, each channel or user has its own folder. It must exist.
      """)
    static let worktree = Key(
      "worktree", Values.boolean, fallback: false, needs: "folder",
      "Whether each conversation has its own git worktree of `folder`, on its own branch.")
    static let rows = [folder.row, worktree.row]

    static func written(_ folder: ProjectFolder?) -> [YAMLEntry] {
      guard let folder else { return [.note("folder", "the conversation's own folder")] }
      return [YAMLEntry("folder", .text(folder.written)), YAMLEntry("worktree", .bool(folder.isWorktree))]
    }
  }
}

extension RulesReader {
  /// Reads the folder of an agent's program, or `nil` for the conversation's own.
  mutating func projectFolder(in fields: Fields) -> ProjectFolder? {
    let isWorktree = value(Schema.ProjectKeys.worktree, in: fields) ?? false
    guard let parts = value(Schema.ProjectKeys.folder, in: fields), let entry = fields[Schema.ProjectKeys.folder] else {
      return nil
    }
    let project = ProjectFolder(parts: parts, isWorktree: isWorktree)
    if let problem = project.problem { diagnostics.add(.folderNotUsable(problem, at: entry.value.span)) }
    return project
  }
}

extension ProjectFolder {
  /// The problem with the folder on this machine, as far as it is known before a message comes, or `nil`.
  package var problem: String? {
    let path = fixedPath
    switch FolderProblem(path: path) {
    case .missing?: return "there is no folder \(quoted(path)) on this machine"
    case .notFolder?: return "\(quoted(path)) is not a folder"
    case .closed?: return "this user may not read the folder \(quoted(path))"
    case nil: break
    }
    guard isWorktree, isFixed else { return nil }
    var folder = path[...]
    while true {
      if FileManager.default.fileExists(atPath: "\(folder)/.git") { return nil }
      guard let slash = folder.lastIndex(of: "/") else {
        return "\(quoted(path)) is not in a git repository, so it cannot have a worktree"
      }
      folder = folder[..<slash]
    }
  }
}

extension Values {
  /// The path of a folder, with placeholders.
  static let folder: ValueReader<[ProjectFolder.Part]> = ValueReader(type: .folder) { node, key, reader in
    guard let text = reader.read(text(as: .folder), node, key) else { return nil }
    guard let path = reader.absolute(text, node), let parts = reader.folderParts(path, node) else { return nil }
    return parts
  }
}

extension RulesReader {
  /// Returns the absolute path without `.` and repeated slashes.
  fileprivate mutating func absolute(_ text: String, _ node: ConfigNode) -> String? {
    var path = text[...]
    var home = ""
    if path == "~" || path.hasPrefix("~/") {
      home = environment["HOME"] ?? ""
      path = path.dropFirst()
    }
    let names = "\(home)\(path)".split(separator: "/").filter { $0 != "." }
    guard "\(home)\(path)".hasPrefix("/"), path == text[...] || home.hasPrefix("/"), !names.contains(".."),
      !text.unicodeScalars.contains("\u{0}")
    else {
      diagnostics.add(.badFolder(text, at: node.span))
      return nil
    }
    return "/" + names.joined(separator: "/")
  }

  fileprivate mutating func folderParts(_ path: String, _ node: ConfigNode) -> [ProjectFolder.Part]? {
    var parts: [ProjectFolder.Part] = []
    var rest = path[...]
    while let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        diagnostics.add(.unclosedPlaceholder(at: node.span))
        return nil
      }
      if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
      let name = rest[open.upperBound..<close.lowerBound].split(separator: " ").joined(separator: " ")
      guard let placeholder = ProjectFolder.Placeholder(rawValue: name) else {
        let names = ProjectFolder.Placeholder.allCases.map(\.rawValue)
        diagnostics.add(
          .unknownPlaceholder(name, nearest: nearest(to: name, among: names), known: names, at: node.span))
        return nil
      }
      parts.append(.placeholder(placeholder))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }
}
