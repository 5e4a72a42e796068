/// Why a file of a message does not reach an agent.
package struct AttachmentFailure: Error, Sendable, Equatable {
  /// What is wrong with it.
  package enum Code: String, Sendable, CaseIterable {
    /// It has more bytes than one may have, or than its folder has room for.
    case tooLarge
    /// More files hang on the message than are fetched.
    case tooMany
    /// The rules do not let this type of file in.
    case unwantedType
    /// The server does not give it, or there is none.
    case notToBeHad
    /// It could not be written.
    case notWritten
  }

  /// What is wrong with it.
  package let code: Code
  /// Its name.
  package let file: String
  /// What the log should know.
  package let detail: String

  /// States a refusal.
  package init(_ code: Code, file: String, detail: String = "") {
    self.code = code
    self.file = file
    self.detail = detail
  }
}
