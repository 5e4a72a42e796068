extension String {
  /// Hands over the text's UTF-8 where it stands.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    utf8Span.span.withUnsafeBufferPointer(body)
  }
}
