/// What whoever runs the gateway is to see of its rules.
package struct ReloadMessage: Sendable, Equatable {
  /// The findings of the file, each with its picture; empty where there are none.
  package var report = ""
  /// What is to be said beside that, a sentence each.
  package var lines: [String] = []
}
