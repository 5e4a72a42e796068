import Core
import FoundationEssentials
import Logging

/// The files of a message as far as an endpoint can take them: images, and texts.
struct InlineAttachments {
  /// What was read, in the order of the files.
  private(set) var contents: [ChatTranscript.Content] = []
  /// The others, of which the endpoint hears by their names.
  private(set) var left: [AttachedFile] = []

  /// Fetches and reads the files of a request. One that cannot be had is among the others.
  init(of request: AgentRequest, logger: Logger) async {
    var room = Limits.filesBytesShown
    for file in request.allFiles {
      guard let kind = Kind(file), file.size <= min(kind.bytesMax, room) else {
        left.append(file)
        continue
      }
      do {
        let path = try await request.host.fetch(file, request.host.folder)
        let bytes = try request.host.folder.read(path, bytesMax: kind.bytesMax)
        guard let content = kind.content(of: file, bytes, isShared: request.isShared) else {
          left.append(file)
          continue
        }
        room -= bytes.count
        contents.append(content)
      } catch {
        logger.warning("file not shown to the agent", metadata: ["file": "\(file.id)", "reason": "\(error)"])
        left.append(file)
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

    /// The type of an image by its first bytes.
    private static func imageType(of bytes: [UInt8]) -> String? {
      if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
      if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
      if bytes.starts(with: Array("GIF8".utf8)) { return "image/gif" }
      let isWebP = bytes.starts(with: Array("RIFF".utf8)) && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
      return isWebP ? "image/webp" : nil
    }

    var bytesMax: Int { self == .image ? Limits.imageBytesMax : Limits.textFileBytesMax }

    /// The content as it is said; nil where it is not what its type says. Where several people speak, what stands in a text
    /// is set off as their messages are, or it could bring speakers and headings of its own.
    func content(of file: AttachedFile, _ bytes: [UInt8], isShared: Bool) -> ChatTranscript.Content? {
      switch self {
      case .image:
        // What Mattermost tells is made of the name; an endpoint refuses the whole question for a wrong type.
        return Self.imageType(of: bytes).map { .image(mediaType: $0, base64: Data(bytes).base64EncodedString()) }
      case .text:
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return .text(isShared ? "[\(file.line)]\n\(text)".setOff : "[\(file.line)]\n\(text)")
      }
    }
  }
}
