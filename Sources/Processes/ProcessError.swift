internal import Subprocess

/// Why a program could not be run.
public struct ProcessError: Error, Sendable, Equatable {
  /// What went wrong.
  public enum Code: String, Sendable, CaseIterable {
    /// There is no such program.
    case notFound
    /// The folder to run in is not there, or closed to us.
    case noFolder
    /// The system would not start it, or it could not be talked to.
    case failed
  }

  /// What went wrong.
  public let code: Code
  /// The program, or the folder.
  public let subject: String
  /// What the system said.
  public let detail: String

  init(_ code: Code, _ subject: String, detail: String = "") {
    self.code = code
    self.subject = subject
    self.detail = detail
  }

  init(_ error: SubprocessError, _ program: String) {
    self.init(error.code == .executableNotFound ? .notFound : .failed, program, detail: "\(error)")
  }
}

extension ProcessError: CustomStringConvertible {
  /// What happened, as a fragment of a sentence.
  public var description: String {
    switch code {
    case .notFound: "there is no program `\(subject)`"
    case .noFolder: "the folder `\(subject)` is not there"
    case .failed: "`\(subject)` could not be run (\(detail))"
    }
  }
}
