/// What whoever runs the gateway is to see of its rules.
public struct RulesNews: Sendable, Equatable {
  /// The findings of the file, each with its picture; empty where there are none.
  public var report = ""
  /// What is to be said beside that, a sentence each.
  public var lines: [String] = []
}
