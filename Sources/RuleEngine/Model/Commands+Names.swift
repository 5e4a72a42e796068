import Core

extension Commands {
  /// The index of the binding of each name and alias.
  var indices: [String: Int] {
    var indices: [String: Int] = [:]
    for (index, binding) in bindings.enumerated() {
      for name in [binding.name] + binding.aliases { indices[name] = index }
    }
    return indices
  }

  /// The name or alias that somebody may have meant who typed one that nobody bound.
  package func nearest(to typed: Substring) -> String? {
    Spelling.nearest(to: typed, among: bindings.flatMap { [$0.name] + $0.aliases })
  }
}
