import FoundationEssentials

extension HTTPHeaders {
  /// The delay before the next attempt: `retry-after-ms`, which OpenAI and Azure send, or `Retry-After` in seconds or
  /// as a date (RFC 9110, section 10.2.3); `nil` if the server sends neither.
  package var retryAfter: Duration? {
    if let milliseconds = self["retry-after-ms"].flatMap(Self.number) { return .seconds(milliseconds / 1_000) }
    guard let text = self["Retry-After"] else { return nil }
    if let seconds = Self.number(text) { return .seconds(seconds) }
    guard let date = date(of: "Retry-After") else { return nil }
    // Relative to the server's clock if it sends its time: ours may differ.
    return .seconds(max(0, date - (self.date ?? Int(Date().timeIntervalSince1970))))
  }

  /// Reads a decimal number without a sign, up to a limit.
  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }) else {
      return nil
    }
    return Double(text).map { min($0, Limits.retryAfterSecondsMax) }
  }
}
