import Core
import FoundationEssentials
import Logging

/// The files of a request that endpoints accept within a message: images and texts.
struct InlineAttachments {
  /// The content of the accepted files, in their order.
  private(set) var contents: [ChatTranscript.Content] = []
  /// The other files, which are only named.
  private(set) var others: [AttachedFile] = []

  /// Downloads and reads the files of a request.
  init(of request: AgentRequest, logger: Logger) async {
    var room = Limits.filesBytesShown
    for file in request.allFiles {
      guard let kind = Kind(file), file.size <= min(kind.bytesMax, room) else {
        others.append(file)
        continue
      }
      do {
        let path = try await request.services.fetch(file, into: request.services.folder)
        let bytes = try request.services.folder.read(path, bytesMax: kind.bytesMax)
        guard let content = kind.content(of: file, bytes, isShared: request.isShared) else {
          others.append(file)
          continue
        }
        room -= bytes.count
        contents.append(content)
      } catch {
        logger.warning("file not shown to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
        others.append(file)
      }
    }
  }

  private enum Kind {
    case image, text

    init?(_ file: AttachedFile) {
      switch file.mediaType {
      case "image/png", "image/jpeg", "image/gif", "image/webp": self = .image
      case "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/toml",
        "application/javascript", "application/sql":
        self = .text
      case let type where type.hasPrefix("text/"): self = .text
      default: return nil
      }
    }

    /// Returns the media type of an image by its signature, or `nil`.
    private static func imageType(of bytes: [UInt8]) -> String? {
      if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
      if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
      if bytes.starts(with: Array("GIF8".utf8)) { return "image/gif" }
      let isWebP = bytes.starts(with: Array("RIFF".utf8)) && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
      return isWebP ? "image/webp" : nil
    }

    var bytesMax: Int { self == .image ? Limits.imageBytesMax : Limits.textFileBytesMax }

    /// Returns the content, or `nil` if it does not have the type of the file's name. In a shared conversation, a text
    /// is indented as messages are, or it could imitate authors and headings.
    func content(of file: AttachedFile, _ bytes: [UInt8], isShared: Bool) -> ChatTranscript.Content? {
      switch self {
      case .image:
        // Mattermost derives the type from the name; endpoints reject the whole request for a wrong one.
        return Self.imageType(of: bytes).map { .image(mediaType: $0, base64: Data(bytes).base64EncodedString()) }
      case .text:
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return .text(isShared ? "[\(file.line)]\n\(text)".indentedAfterFirstLine : "[\(file.line)]\n\(text)")
      }
    }
  }
}
