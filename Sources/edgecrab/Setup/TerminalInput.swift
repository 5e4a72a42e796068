import Dispatch
import Setup
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads lines from the terminal on standard input, with or without echo. A signal that ends the process restores the
/// echo first, and Ctrl-Z does not stop it meanwhile.
final class TerminalInput: Sendable {
  private struct State {
    /// The terminal's settings with echo, while it is off.
    var visible: termios?
    var ignoresSignals = false
  }

  private let state: Mutex<State>
  /// A read blocks its thread until the line is complete.
  private let queue = DispatchQueue(label: "edgecrab.terminal")

  /// Indicates whether standard input is a terminal.
  static var isOnStandardInput: Bool { isatty(STDIN_FILENO) == 1 }

  /// Returns the terminal, or `nil` if there is none or none is wanted.
  static func open(isWanted: Bool) async -> TerminalInput? {
    guard isWanted, Terminal.isInteractive else { return nil }
    return await TerminalInput()
  }

  /// Once this returns, no signal ends the process with the echo off.
  private init() async {
    state = Mutex(State())
    let signals = await Signals.signals([SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    Task { [self] in for await number in signals { end(by: number) } }
  }

  /// Prints a prompt and reads a line.
  func line(_ prompt: String, isHidden: Bool) async -> Dialog.Line {
    await withCheckedContinuation { continuation in
      queue.async { [self] in
        if isHidden, !hide() {
          show()
          Output.message(
            "the terminal cannot hide what is typed; name files with --token-file and --api-key-file; "
              + "nothing was written")
          exit(1)
        }
        Output.prompt(prompt)
        let line = Self.readLine()
        show()
        // The line feed was not echoed, or there was none.
        if isHidden || line == .end { Output.prompt("\n") }
        continuation.resume(returning: line)
      }
    }
  }

  /// From now on, signals do not end the process: it is about to write and to end by itself.
  func ignoreSignals() { state.withLock { $0.ignoresSignals = true } }

  /// Keeps the lock, so that meanwhile the echo is not turned off again and no file is written.
  private func end(by number: Int32) {
    state.withLock { state in
      guard !state.ignoresSignals else { return }
      Self.show(&state)
      Output.prompt("\n")
      Output.message("stopped; nothing was written")
      exit(128 + number)
    }
  }

  /// Turns the echo off.
  ///
  /// - Returns: `false` if that fails.
  private func hide() -> Bool {
    state.withLock { state in
      var settings = termios()
      guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return false }
      state.visible = settings
      settings.c_lflag &= ~tcflag_t(ECHO)
      // Ctrl-Z is a character like others (0 is _POSIX_VDISABLE): a stopped program would leave the shell without echo.
      withUnsafeMutableBytes(of: &settings.c_cc) { $0[Int(VSUSP)] = 0 }
      // What was typed before the question is dropped: it was shown, and meant for another one.
      guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) == 0 else { return false }
      // It succeeds if any of the changes did.
      return tcgetattr(STDIN_FILENO, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) == 0
    }
  }

  private func show() { state.withLock { Self.show(&$0) } }

  private static func show(_ state: inout State) {
    guard var settings = state.visible else { return }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    state.visible = nil
  }

  private static func readLine() -> Dialog.Line {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    var isTooLong = false
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      // Ctrl-D after some letters ends the line, not the input.
      guard count > 0 else { return bytes.isEmpty ? .end : text(of: bytes) }
      if byte == UInt8(ascii: "\n") { return isTooLong ? .tooLong : text(of: bytes) }
      if bytes.count < Dialog.lineBytesMax { bytes.append(byte) } else { isTooLong = true }
    }
  }

  private static func text(of bytes: [UInt8]) -> Dialog.Line {
    guard let text = String(validating: bytes, as: UTF8.self) else { return .notText }
    let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard isPlain else { return .notText }
    let words = text.drop { $0 == " " }
    return .text(words.lastIndex { $0 != " " }.map { String(words[...$0]) } ?? "")
  }
}
