package import Core

/// A header or a variable that a rules file names. Its value may be a secret.
package struct NamedValue: Sendable, Equatable {
  /// Its name.
  package var name: String
  /// Its value.
  package var value: Secret
  /// Its value as it stands in the file, variables not put in.
  package var written: String

  /// States one.
  package init(name: String, value: Secret, written: String) {
    self.name = name
    self.value = value
    self.written = written
  }
}
