public import ConfigLoader

/// A hook: what it is for, and the program that is run.
public struct Hook: Sendable, Equatable {
  /// What its manifest says.
  public let manifest: HookManifest
  /// Its own folder, in which it runs.
  let folder: String
  /// The program with its arguments.
  let command: [String]
}
