extension RulesReader {
  /// Warns of an address that a question will hardly reach its endpoint at.
  mutating func warn(aboutBaseURL address: String, _ keys: Schema.ChatKeys, at span: SourceSpan) {
    let parts = address.split(separator: "?", maxSplits: 1)
    guard let place = parts.first else { return }
    if let path = keys.endpointPaths.first(where: { place.lowercased().hasSuffix($0) }) {
      findings.add(.endpointPathInURL(path, at: span))
    } else if parts.count == 1, !place.hasVersionOrNeedsNone {
      findings.add(.noVersionInURL(at: span))
    }
  }
}

extension Substring {
  /// Whether a segment of this address's path is a version, or the host is known to answer without one.
  fileprivate var hasVersionOrNeedsNone: Bool {
    // `https:`, an empty one, the host, and those of the path.
    let segments = lowercased().split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
    if let host = segments.first, hostsWithoutVersion.contains(String(host)) { return true }
    return segments.dropFirst().contains { segment in
      let digits = segment.dropFirst()
      return segment.first == "v" && digits.first?.isNumber == true
    }
  }
}

/// Services that answer at `/chat/completions` itself, by their own documentation.
private let hostsWithoutVersion: Set<String> = [
  "api.deepseek.com", "api.perplexity.ai", "models.inference.ai.azure.com", "models.github.ai",
]
