import Core
import Logging

/// A conversation in the form of chat APIs: user and assistant in turns, the last message with its files.
struct ChatTranscript: Equatable {
  /// The messages of one side until the other one's.
  struct Turn: Equatable {
    enum Role: String {
      case user, assistant
    }

    var role: Role
    var contents: [Content]
  }

  /// A piece of a turn.
  enum Content: Equatable {
    case text(String)
    /// An image in base64.
    case image(mediaType: String, base64: String)
  }

  private(set) var turns: [Turn] = []
  /// See `AgentRequest.isShared`.
  private let isShared: Bool

  /// Creates the transcript of a request, and reads the files that endpoints accept.
  init(_ request: AgentRequest, logger: Logger) async {
    isShared = request.isShared
    let files = await InlineAttachments(of: request, logger: logger)
    for entry in request.history {
      append(.user, [.text(entry.chatMessage.text(isShared: isShared))])
      if let answer = entry.answer { append(.assistant, [.text(answer)]) }
    }
    if !request.context.isEmpty { append(.user, [.text(request.context.asBackground)]) }
    let text = request.messages.map { message in
      ChatMessage(speaker: message.speaker, text: message.text, files: message.files.filter(files.others.contains))
        .text(isShared: isShared)
    }.filter { !$0.isEmpty }.joined(separator: "\n\n")
    append(.user, (text.isEmpty ? [] : [.text(text)]) + files.contents)
  }

  /// Returns the system prompt: the rules file's own, and the format of a shared conversation; `nil` if there is
  /// neither.
  func systemPrompt(_ own: String?) -> String? {
    let texts = [own, isShared ? ChatMessage.convention : nil].compactMap(\.self)
    return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
  }

  /// Appends to the transcript. Two turns of one role become one, because many models' templates require alternation.
  private mutating func append(_ role: Turn.Role, _ contents: [Content]) {
    guard let last = turns.last, last.role == role else { return turns.append(Turn(role: role, contents: contents)) }
    if case .text(let before)? = last.contents.last, case .text(let text)? = contents.first {
      turns[turns.count - 1].contents.removeLast()
      turns[turns.count - 1].contents += [.text("\(before)\n\n\(text)")] + contents.dropFirst()
    } else {
      turns[turns.count - 1].contents += contents
    }
  }
}

extension ChatTranscript {
  /// Returns an endpoint's text without its quotations of the conversation: logs must not contain what people write.
  /// Only pieces of `Limits.quotationBytesMin` bytes count as quotations; shorter ones occur in any text.
  func redactingTranscript(in text: String) -> String {
    let pieces = RollingPieces.of(Array(text.utf8))
    guard !pieces.isEmpty else { return text }
    var quoted: Set<UInt64> = []
    for case .text(let text) in turns.flatMap(\.contents) {
      RollingPieces.forEach(in: text.utf8) { hash, _ in if pieces[hash] != nil { quoted.insert(hash) } }
    }
    guard !quoted.isEmpty else { return text }
    var isQuoted = [Bool](repeating: false, count: text.utf8.count)
    for hash in quoted {
      for start in pieces[hash] ?? [] {
        for index in start..<(start + Limits.quotationBytesMin) { isQuoted[index] = true }
      }
    }
    return text.replacing(isQuoted)
  }
}

/// The pieces of `Limits.quotationBytesMin` bytes in a text, by a rolling hash (Rabin and Karp).
private enum RollingPieces {
  private static let base: UInt64 = 0x100_0000_01B3

  /// Returns the offsets of the pieces by their hashes.
  static func of(_ bytes: [UInt8]) -> [UInt64: [Int]] {
    var pieces: [UInt64: [Int]] = [:]
    forEach(in: bytes) { pieces[$0, default: []].append($1) }
    return pieces
  }

  static func forEach(in bytes: some Collection<UInt8>, _ body: (_ hash: UInt64, _ start: Int) -> Void) {
    let length = Limits.quotationBytesMin
    let highest = (1..<length).reduce(UInt64(1)) { power, _ in power &* base }
    var hash: UInt64 = 0
    var (count, first) = (0, bytes.startIndex)
    for byte in bytes {
      if count >= length {
        hash &-= UInt64(bytes[first]) &* highest
        first = bytes.index(after: first)
      }
      hash = hash &* base &+ UInt64(byte)
      count += 1
      if count >= length { body(hash, count - length) }
    }
  }
}

extension String {
  /// Returns the text with `[…]` in place of each run of characters that contain a marked byte.
  fileprivate func replacing(_ isMarked: [Bool]) -> String {
    var result = String.UnicodeScalarView()
    var (offset, lastIsMarked) = (0, false)
    for scalar in unicodeScalars {
      let end = offset + UTF8.width(scalar)
      let marked = isMarked[offset..<end].contains(true)
      if !marked { result.append(scalar) } else if !lastIsMarked { result.append(contentsOf: "[…]".unicodeScalars) }
      (offset, lastIsMarked) = (end, marked)
    }
    return String(result)
  }
}
