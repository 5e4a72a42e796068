/// A copy of values that stays in place, and is never written again, until it is deallocated.
func kept<Element>(_ values: [Element]) -> UnsafePointer<Element> {
  let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, values.count))
  _ = memory.initialize(from: values)
  return UnsafePointer(memory.baseAddress.unsafelyUnwrapped)
}
