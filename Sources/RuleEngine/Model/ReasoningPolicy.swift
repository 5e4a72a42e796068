/// What becomes of a model's thinking, which some endpoints send along with its answers.
package enum ReasoningPolicy: String, Sendable, CaseIterable {
  /// It is left out.
  case hide
  /// It is posted above the answer as a quotation, and remembered with it.
  case show
}
