internal import Core
internal import Glibc

/// The reason why a program could not be run.
package struct ProcessError: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    /// The program does not exist.
    case notFound
    /// This process may not execute it.
    case notExecutable
    /// It is a folder.
    case isFolder
    /// The folder to run in does not exist, or this process may not enter it.
    case noFolder
    /// Processes of another gateway run in the folder.
    case folderInUse
    /// The file system of the folder has no locks.
    case noLock
    /// The process or the system has too many open files.
    case tooManyOpenFiles
    /// The user or the system has too many processes.
    case tooManyProcesses
    /// Another failure of the system.
    case failed
  }

  package let code: Code
  /// The program, or the folder.
  package let subject: String
  /// The message of the system.
  package let detail: String

  init(_ code: Code, _ subject: String, detail: String = "") {
    self.code = code
    self.subject = subject
    self.detail = detail
  }

  /// Explains why no process could be created for a program.
  init(starting program: String, _ error: SystemError) {
    let code: Code =
      switch error.number {
      case EMFILE, ENFILE: .tooManyOpenFiles
      case EAGAIN: .tooManyProcesses
      default: .failed
      }
    self.init(code, program, detail: error.text)
  }

  /// Explains why a process could not execute a program.
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

  /// Explains why the folder of a program could not be opened.
  init(opening folder: String, _ error: SystemError) {
    switch error.number {
    case ENOENT, ENOTDIR: self.init(.noFolder, folder)
    case EMFILE, ENFILE: self.init(.tooManyOpenFiles, folder, detail: error.text)
    default: self.init(.noLock, folder, detail: error.text)
    }
  }
}

extension ProcessError: CustomStringConvertible {
  /// The failure and the remedy, for the end of a sentence.
  package var description: String {
    switch code {
    case .notFound: "there is no program `\(subject)`, or it names an interpreter that does not exist"
    case .notExecutable: "`\(subject)` is not executable; make it executable (`chmod +x`) for the gateway's user"
    case .isFolder: "`\(subject)` is a folder, not a program"
    case .noFolder: "the folder `\(subject)` does not exist, or the gateway may not enter it"
    case .folderInUse:
      "another gateway, or a program that could not be ended, uses the folder `\(subject)`; "
        + "`fuser -v \(subject)` shows it"
    case .noLock:
      "the folder `\(subject)` cannot be locked (\(detail)); it must be on a local disk and belong to the gateway's user"
    case .tooManyOpenFiles:
      "`\(subject)` could not be run: too many files are open; raise the limit (`ulimit -n`, or LimitNOFILE= of its "
        + "service), or let fewer programs run at once"
    case .tooManyProcesses:
      "`\(subject)` could not be run: too many processes are running; raise the limit (`ulimit -u`, or TasksMax= of its "
        + "service), or let fewer programs run at once"
    case .failed: "`\(subject)` could not be run (\(detail))"
    }
  }
}
