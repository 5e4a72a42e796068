/// Bounds of spans, each with its reason. The number of attributes is bounded by `SpanAttribute`.
enum Limits {
  /// Unicode scalars of a text. Names of models and reasons are shorter; a server may send anything.
  static let valueScalarsMax = 200

  /// Texts of a list.
  static let valuesMax = 4
}
