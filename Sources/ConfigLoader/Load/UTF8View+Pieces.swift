extension String.UTF8View {
  /// Asks the bytes as one piece of memory: some times faster than one by one, and every scalar of a file is asked.
  func inOnePiece<Answer>(_ ask: (UnsafeBufferPointer<UInt8>) -> Answer) -> Answer {
    var text = String(self)
    return text.withUTF8(ask)
  }
}
