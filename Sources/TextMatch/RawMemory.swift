/// Returns a copy of values with a fixed address, which is not written again until it is deallocated.
func kept<Element>(_ values: [Element]) -> UnsafePointer<Element> {
  let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, values.count))
  _ = memory.initialize(from: values)
  return UnsafePointer(memory.baseAddress.unsafelyUnwrapped)
}

extension String {
  /// Calls a closure with the text's UTF-8, without a copy.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    utf8Span.span.withUnsafeBufferPointer(body)
  }
}
