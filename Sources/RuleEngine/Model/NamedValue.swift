public import Vocabulary

/// A header or a variable that a rules file names. Its value may be a secret.
public struct NamedValue: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Its value.
  public var value: Secret
  /// Its value as it stands in the file, variables not put in.
  public var written: String

  /// States one.
  public init(name: String, value: Secret, written: String) {
    self.name = name
    self.value = value
    self.written = written
  }
}
