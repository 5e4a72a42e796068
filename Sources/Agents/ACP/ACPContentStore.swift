import Core
import FoundationEssentials

/// Stores the images, recordings and files of a response in the conversation's folder until they are posted. Each
/// response has a subfolder of its own.
///
/// Specification: https://agentclientprotocol.com/protocol/content
struct ACPContentStore {
  private let folder: SessionFolder
  private let subfolder = "answers/\(UInt64.random(in: 0...(.max)))"
  private var count = 0
  private var bytes = 0

  init(folder: SessionFolder) {
    self.folder = folder
  }

  /// Returns the part for a block of content that is not text: a file, or a note if it cannot be shown.
  mutating func part(of block: JSON) -> ResponsePart {
    switch block["type"]?.string {
    case "image": return file(base64: block["data"]?.string, type: block["mimeType"]?.string, named: "image")
    case "audio": return file(base64: block["data"]?.string, type: block["mimeType"]?.string, named: "audio")
    case "resource":
      let resource = block["resource"] ?? .null
      let name = resource["uri"]?.string.flatMap(Self.name)
      if let text = resource["text"]?.string { return store(Array(text.utf8), as: name ?? "\(next("file")).txt") }
      return file(
        base64: resource["blob"]?.string, type: resource["mimeType"]?.string, named: "file", as: name)
    case "resource_link":
      let uri = block["uri"]?.string ?? ""
      if let path = Self.path(of: uri) { return .file(path) }
      let name = (block["title"]?.string ?? block["name"]?.string).map {
        "\($0.codeSpan(atMost: Limits.pathScalarsShown)), "
      }
      return .note("The agent links to \(name ?? "")\(uri.codeSpan(atMost: Limits.linkScalarsShown))")
    default:
      let type = block["type"]?.string ?? "no type"
      return .note("The agent sent something that I cannot show: \(type.codeSpan(atMost: Limits.pathScalarsShown))")
    }
  }

  private mutating func file(
    base64: String?, type: String?, named kind: String, as name: String? = nil
  ) -> ResponsePart {
    guard let data = base64.flatMap({ Data(base64Encoded: $0, options: .ignoreUnknownCharacters) }), !data.isEmpty
    else {
      return .note("The agent sent \(Self.phrase(kind)) that cannot be read")
    }
    return store(Array(data), as: name ?? "\(next(kind)).\(Self.suffix(of: type ?? ""))")
  }

  private mutating func store(_ content: [UInt8], as name: String) -> ResponsePart {
    let name = FileName.safe(name)
    bytes += content.count
    guard bytes <= Limits.acpMediaBytesMax else {
      return .note(
        "I do not attach \(name.codeSpan(atMost: Limits.pathScalarsShown)): the files of this answer exceed my limit"
      )
    }
    // Two files may have the same name.
    count += 1
    let path = "\(subfolder)/\(count)/\(name)"
    do throws(FolderError) {
      try folder.write(content, to: path)
      return .file(path)
    } catch {
      return .note("I cannot store \(name.codeSpan(atMost: Limits.pathScalarsShown)), which the agent sent")
    }
  }

  private func next(_ kind: String) -> String { "\(kind)-\(count + 1)" }

  /// Returns the file extension for a media type.
  private static func suffix(of type: String) -> String {
    let subtype = type.split(separator: "/").last.map { $0.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) } } ?? ""
    return switch subtype {
    case "jpeg": "jpg"
    case "svg": "svg"
    case "mpeg": "mp3"
    case "plain": "txt"
    case "": "bin"
    default: String(subtype.prefix(8))
    }
  }

  private static func phrase(_ kind: String) -> String {
    switch kind {
    case "image": "an image"
    case "audio": "a recording"
    default: "a file"
    }
  }

  /// The last component of a URI's path, or `nil`.
  private static func name(of uri: String) -> String? {
    guard let last = URL(string: uri)?.path(percentEncoded: false).split(separator: "/").last else { return nil }
    return String(last)
  }

  /// The path of a `file:` URI (RFC 8089), or `nil`.
  private static func path(of uri: String) -> String? {
    guard let url = URL(string: uri), url.isFileURL else { return nil }
    return url.path(percentEncoded: false)
  }
}
