package import ConfigLoader

/// A hook: what it is for, and the program that is run.
package struct Hook: Sendable, Equatable {
  /// What its manifest says.
  package let manifest: HookManifest
  /// Its own folder, in which it runs.
  let folder: String
  /// The program with its arguments.
  let command: [String]
}
