/// Makes parts of an answer of what a program writes to standard output.
actor TerminalOutput {
  private let characters = UTF8Decoder()
  private var screen = TerminalText()

  /// Takes the next bytes, and returns what they add to the answer or take back.
  func take(_ bytes: [UInt8]) async -> [ResponsePart] {
    await parts(characters.take(bytes))
  }

  /// Returns what is left at the end.
  func end() async -> [ResponsePart] {
    await parts(characters.end())
  }

  private func parts(_ text: String?) -> [ResponsePart] {
    guard let text else { return [] }
    let change = screen.take(text)
    return (change.retracted > 0 ? [.retracted(change.retracted)] : [])
      + (change.added.isEmpty ? [] : [.text(change.added)])
  }
}
