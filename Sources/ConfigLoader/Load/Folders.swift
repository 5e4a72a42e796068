import Files
import FoundationEssentials
package import RuleEngine

extension RulesReader {
  /// Reads where an agent's program works; `nil` if it works in the conversation's own folder.
  mutating func projectFolder(_ folder: Key<[ProjectFolder.Part]>, _ worktree: Key<Bool>, in fields: Fields)
    -> ProjectFolder?
  {
    let isWorktree = value(worktree, in: fields) ?? false
    guard let parts = value(folder, in: fields), let entry = fields[folder] else { return nil }
    let project = ProjectFolder(parts: parts, isWorktree: isWorktree)
    if let problem = project.problem { findings.add(.folderNotUsable(problem, at: entry.value.span)) }
    return project
  }
}

extension ProjectFolder {
  /// What is wrong with the folder on this machine, as far as it is known before a message comes; `nil` if nothing is.
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
        return "\(quoted(path)) is in no git repository, so that there can be no worktree of it"
      }
      folder = folder[..<slash]
    }
  }
}

extension Values {
  /// The path of a folder, with places to fill.
  static let folder: ValueReader<[ProjectFolder.Part]> = ValueReader(type: .folder) { node, key, reader in
    guard let text = reader.read(text(as: .folder), node, key) else { return nil }
    guard let path = reader.absolute(text, node), let parts = reader.folderParts(path, node) else { return nil }
    return parts
  }
}

extension RulesReader {
  /// The path from the root on, without `.` and double slashes.
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
      findings.add(.badFolder(text, at: node.span))
      return nil
    }
    return "/" + names.joined(separator: "/")
  }

  fileprivate mutating func folderParts(_ path: String, _ node: ConfigNode) -> [ProjectFolder.Part]? {
    var parts: [ProjectFolder.Part] = []
    var rest = path[...]
    while let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        findings.add(.unclosedPlaceholder(at: node.span))
        return nil
      }
      if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
      let name = rest[open.upperBound..<close.lowerBound].split(separator: " ").joined(separator: " ")
      guard let place = ProjectFolder.Placeholder(rawValue: name) else {
        let names = ProjectFolder.Placeholder.allCases.map(\.rawValue)
        findings.add(
          .unknownPlaceholder(name, nearest: nearest(to: name, among: names), known: names, at: node.span))
        return nil
      }
      parts.append(.placeholder(place))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }
}
