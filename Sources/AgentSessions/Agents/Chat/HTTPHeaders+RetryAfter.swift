import FoundationEssentials
import Transport

extension HTTPHeaders {
  /// How long to wait before asking again: `retry-after-ms`, which OpenAI and Azure send, or `Retry-After` as seconds or as
  /// a date (RFC 9110, section 10.2.3); `nil` if the endpoint says neither.
  var retryAfter: Duration? {
    if let milliseconds = self["retry-after-ms"].flatMap(Self.number) { return .seconds(milliseconds / 1_000) }
    guard let text = self["Retry-After"] else { return nil }
    if let seconds = Self.number(text) { return .seconds(seconds) }
    guard let date = date(of: "Retry-After") else { return nil }
    // By the endpoint's own clock if it tells the time: ours may be another.
    return .seconds(max(0, date - (self.date ?? Int(Date().timeIntervalSince1970))))
  }

  /// A decimal number without a sign, as far as anybody waits.
  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }) else {
      return nil
    }
    return Double(text).map { min($0, Limits.retryAfterSecondsMax) }
  }
}
