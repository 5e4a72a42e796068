import Core
import FoundationEssentials

/// What an agent reads and writes through its client: files of the folder in which it works and of the conversation's own,
/// and no others.
///
/// Specification: https://agentclientprotocol.com/protocol/file-system
struct ClientFileSystem {
  /// The first is where paths that are not absolute begin.
  let folders: [SessionFolder]

  /// Reads a text, or some lines of it.
  func read(_ params: JSON) throws(RPCError) -> JSON {
    let bytes: [UInt8]
    do throws(FolderError) {
      let (folder, path) = try place(params)
      bytes = try folder.read(path, bytesMax: Limits.acpFileBytesMax)
    } catch {
      throw RPCError(error)
    }
    guard bytes.count <= Limits.acpFileBytesMax else {
      throw .failed("the file is larger than \(Limits.acpFileBytesMax) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .failed("the file is no text in UTF-8") }
    return ["content": .string(Self.lines(of: text, from: params["line"]?.int ?? 1, count: params["limit"]?.int))]
  }

  /// Writes a text, in the place of what the file held.
  func write(_ params: JSON) throws(RPCError) -> JSON {
    guard let content = params["content"]?.string else { throw .badParameters("`content` is missing") }
    do throws(FolderError) {
      let (folder, path) = try place(params)
      try folder.write(Array(content.utf8), to: path)
      return [:]
    } catch {
      throw RPCError(error)
    }
  }

  /// The folder that a path leads into, and the path.
  private func place(_ params: JSON) throws(FolderError) -> (folder: SessionFolder, path: String) {
    let path = params["path"]?.string ?? ""
    let holder = path.hasPrefix("/") ? folders.first { path.utf8.starts(with: ($0.path + "/").utf8) } : folders.first
    guard let holder else { throw FolderError(.outside, path: path) }
    return (holder, path)
  }

  /// `count` lines from the number `start` on, which counts from 1.
  private static func lines(of text: String, from start: Int, count: Int?) -> String {
    if start <= 1, count == nil { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(max(1, start) - 1)
    return lines.prefix(max(0, count ?? .max)).joined(separator: "\n")
  }
}

extension RPCError {
  fileprivate init(_ error: FolderError) {
    switch error.code {
    case .outside: self = .badParameters("the path lies outside of your folder, or leads over a symbolic link")
    case .noFile: self.init(code: -32_002, message: "there is no such file")
    case .notRegular: self = .failed("it is a folder or a device, not a file")
    case .failed: self = .failed(error.detail)
    }
  }
}
