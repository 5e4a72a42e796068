/// Bytes of the connection that wslay has not seen yet, handed over frame by frame.
///
/// A frame that RFC 6455 forbids ends the connection for good, and what could still be said about the messages before
/// it. So it is held back until whoever reads has taken those and comes for more.
struct FrameValidator {
  /// What there is to hand over.
  enum Step {
    case bytes(ArraySlice<UInt8>)
    /// Nothing before more has come.
    case needsMore
    /// A forbidden frame.
    case forbidden
  }

  private var bytes: ArraySlice<UInt8>
  /// How much of the frame under way is still to be handed over.
  private var frameLeft = 0
  private var isInMessage = false

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  mutating func add(_ more: some Collection<UInt8>) {
    if bytes.isEmpty { bytes = [] }
    bytes += more
  }

  /// The next bytes, of one frame; a forbidden one only where `lettingForbiddenPass`.
  mutating func next(atMost count: Int, lettingForbiddenPass: Bool) -> Step {
    if frameLeft == 0 {
      guard let header = FrameHeader(bytes) else { return .needsMore }
      if header.isAllowed(inMessage: isInMessage) {
        frameLeft = header.frameLength
        if !header.isControl { isInMessage = !header.isFinal }
      } else if lettingForbiddenPass {
        // wslay finds out what is wrong with it; nothing behind it counts.
        frameLeft = .max
      } else {
        return .forbidden
      }
    }
    let piece = bytes.prefix(min(frameLeft, count))
    guard !piece.isEmpty else { return .needsMore }
    bytes = bytes.dropFirst(piece.count)
    frameLeft -= piece.count
    return .bytes(piece)
  }
}

/// The head of a server's frame (RFC 6455, section 5.2).
private struct FrameHeader {
  let isFinal: Bool
  let opcode: UInt8
  /// All of the frame, header and payload.
  let frameLength: Int
  private let hasReservedBits: Bool
  private let isMasked: Bool
  private let shortLength: Int

  /// Nil where not all of it is there.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= 2 else { return nil }
    let (first, second) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1])
    isFinal = first & 0x80 != 0
    hasReservedBits = first & 0x70 != 0
    opcode = first & 0x0F
    isMasked = second & 0x80 != 0
    shortLength = Int(second & 0x7F)
    let extra = shortLength < 126 ? 0 : shortLength == 126 ? 2 : 8
    guard bytes.count >= 2 + extra else { return nil }
    let long = bytes.dropFirst(2).prefix(extra).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let payload = extra == 0 ? shortLength : Int(clamping: long)
    frameLength = payload.addingReportingOverflow(2 + extra).overflow ? .max : payload + 2 + extra
  }

  var isControl: Bool { opcode & 0x8 != 0 }

  func isAllowed(inMessage: Bool) -> Bool {
    guard !hasReservedBits, !isMasked else { return false }
    switch opcode {
    case 0x0: return inMessage
    case 0x1, 0x2: return !inMessage
    case 0x8, 0x9, 0xA: return isFinal && shortLength < 126
    default: return false
    }
  }
}
