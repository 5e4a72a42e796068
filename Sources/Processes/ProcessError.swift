internal import Glibc

/// Why a program could not be run.
package struct ProcessError: Error, Sendable, Equatable {
  /// What went wrong.
  package enum Code: String, Sendable, CaseIterable {
    /// There is no such program.
    case notFound
    /// We may not run it.
    case notExecutable
    /// It is a folder.
    case isFolder
    /// The folder to run in is not there, or closed to us.
    case noFolder
    /// What another gateway started still runs in the folder.
    case folderInUse
    /// The folder is where no locks are to be had.
    case noLock
    /// This process, or the system, has no more descriptors.
    case tooManyOpenFiles
    /// The user, or the system, has no more processes.
    case tooManyProcesses
    /// The system would not start it, or it could not be talked to.
    case failed
  }

  /// What went wrong.
  package let code: Code
  /// The program, or the folder.
  package let subject: String
  /// What the system said.
  package let detail: String

  init(_ code: Code, _ subject: String, detail: String = "") {
    self.code = code
    self.subject = subject
    self.detail = detail
  }

  /// Why a process for a program could not be made.
  init(starting program: String, _ error: SystemError) {
    let code: Code =
      switch error.number {
      case EMFILE, ENFILE: .tooManyOpenFiles
      case EAGAIN: .tooManyProcesses
      default: .failed
      }
    self.init(code, program, detail: error.text)
  }

  /// Why a process could not become a program.
  init(running command: Command, _ error: SystemError) {
    switch error.number {
    case ENOENT, ENOTDIR: self.init(.notFound, command.program, detail: error.text)
    case EACCES, EPERM:
      let path = command.programPath
      var facts = stat()
      let isFolder = stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
      self.init(isFolder ? .isFolder : .notExecutable, path, detail: error.text)
    default: self.init(.failed, command.program, detail: error.text)
    }
  }

  /// Why the folder of a program could not be opened.
  init(opening folder: String, _ error: SystemError) {
    switch error.number {
    case ENOENT, ENOTDIR: self.init(.noFolder, folder)
    case EMFILE, ENFILE: self.init(.tooManyOpenFiles, folder, detail: error.text)
    default: self.init(.noLock, folder, detail: error.text)
    }
  }
}

extension ProcessError: CustomStringConvertible {
  /// What happened, as a fragment of a sentence.
  package var description: String {
    switch code {
    case .notFound: "there is no program `\(subject)`, or it names an interpreter that is not there"
    case .notExecutable: "`\(subject)` may not be run; make it executable (`chmod +x`) for the gateway's user"
    case .isFolder: "`\(subject)` is a folder, not a program"
    case .noFolder: "the folder `\(subject)` is not there"
    case .folderInUse:
      "another gateway, or a program that could not be ended, is at work in the folder `\(subject)`; "
        + "`fuser -v \(subject)` shows it"
    case .noLock:
      "the folder `\(subject)` cannot be locked (\(detail)); it has to be on a disk of this machine, and the gateway's own"
    case .tooManyOpenFiles:
      "`\(subject)` could not be run: too many files are open; raise the limit (`ulimit -n`, or LimitNOFILE= of its "
        + "service), or have less run at once"
    case .tooManyProcesses:
      "`\(subject)` could not be run: too many processes are running; raise the limit (`ulimit -u`, or TasksMax= of its "
        + "service), or have less run at once"
    case .failed: "`\(subject)` could not be run (\(detail))"
    }
  }
}
