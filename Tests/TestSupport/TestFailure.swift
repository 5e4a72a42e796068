/// What a test could not go on without, in a sentence.
package struct TestFailure: Error, CustomStringConvertible {
  /// The sentence.
  package let description: String

  /// Makes one.
  package init(_ description: String) { self.description = description }
}
