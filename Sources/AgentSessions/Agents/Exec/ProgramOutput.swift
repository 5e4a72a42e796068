/// Makes parts of an answer of what a program writes to standard output.
actor ProgramOutput {
  private let characters = TextStream()
  private var screen = TerminalText()

  /// Takes the next bytes, and returns what they add to the answer or take back.
  func take(_ bytes: [UInt8]) async -> [AgentPart] {
    await parts(characters.take(bytes))
  }

  /// Returns what is left at the end.
  func end() async -> [AgentPart] {
    await parts(characters.end())
  }

  private func parts(_ text: String?) -> [AgentPart] {
    guard let text else { return [] }
    let change = screen.take(text)
    return (change.takenBack > 0 ? [.takenBack(change.takenBack)] : [])
      + (change.added.isEmpty ? [] : [.text(change.added)])
  }
}
