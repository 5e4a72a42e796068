/// What checking some rules files came to, in each form that `rules check` prints.
package struct CheckReport: Sendable {
  let files: [CheckedFile]

  /// Sums up these files.
  package init(_ files: [CheckedFile]) { self.files = files }

  /// A form in which a report is printed.
  package enum Format: String, Sendable, CaseIterable {
    /// For people: the findings with their lines.
    case human
    /// One JSON document.
    case json
    /// One SARIF 2.1.0 document, which code hosts and editors show.
    case sarif
    /// Workflow commands, which GitHub shows as annotations of a change.
    case github
  }

  /// The exit code: 0 where the gateway takes every file, 1 where it refuses one, 2 where one could not be read.
  ///
  /// - Parameter isStrict: whether a warning counts as an error.
  package func status(isStrict: Bool) -> Int32 {
    switch files.map(\.verdict).max() ?? .good {
    case .good: 0
    case .warnings: isStrict ? 1 : 0
    case .errors: 1
    case .unreadable: 2
    }
  }
}
