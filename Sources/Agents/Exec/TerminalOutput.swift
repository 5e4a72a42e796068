/// Turns the standard output of a program into parts of a response.
actor TerminalOutput {
  private var decoder = UTF8Decoder()
  private var screen = TerminalText()

  /// Adds bytes, and returns the parts that they add.
  func append(_ bytes: [UInt8]) -> [ResponsePart] { parts(decoder.append(bytes)) }

  /// Returns the parts of what is left at the end.
  func end() -> [ResponsePart] { parts(decoder.end()) }

  private func parts(_ text: String?) -> [ResponsePart] {
    guard let text else { return [] }
    let change = screen.append(text)
    return (change.retracted > 0 ? [.retracted(change.retracted)] : [])
      + (change.added.isEmpty ? [] : [.text(change.added)])
  }
}
