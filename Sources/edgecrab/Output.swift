#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where text for people goes: results to standard output, everything else to standard error.
enum Output {
  static func result(_ text: String) { put(text, STDOUT_FILENO) }
  static func notice(_ text: String) { put(text, STDERR_FILENO) }

  /// A long result that is written as it is made.
  struct Parts {
    private var text = ""

    mutating func add(_ part: String) {
      text += part
      if text.utf8.count >= 64 * 1024 { flush() }
    }

    /// Writes what is left.
    mutating func flush() {
      Output.put(Array(text.utf8)[...], STDOUT_FILENO)
      text = ""
    }
  }

  /// Unbuffered, so that a line is there when a script waits for it; whole lines only.
  private static func put(_ text: String, _ descriptor: Int32) {
    put(Array((text.isEmpty || text.hasSuffix("\n") ? text : text + "\n").utf8)[...], descriptor)
  }

  private static func put(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) {
    var bytes = bytes
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 || errno == EINTR else { return }
      bytes = bytes.dropFirst(max(0, written))
    }
  }
}
