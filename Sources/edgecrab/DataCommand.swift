import ArgumentParser
import Backup
import ConfigLoader
import ServerLookup
import Sessions
import Transport

struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Back up the gateway's data, restore it, or move it into a database.",
    subcommands: [DataBackupCommand.self, DataRestoreCommand.self, DataMoveCommand.self])
}

struct DataBackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write conversations, waiting messages, names and the journal into one file.",
    discussion: """
      The gateway may go on running. The file is a tar archive that only you can read, with the store, the journal \
      and names.json of edgecrab's folder, which is ~/.edgecrab unless EDGECRAB_HOME names another. It contains what \
      people wrote, but not the token, .env, rules, hooks and the folders of agents.

      With EDGECRAB_STORE, no backup is written: the conversations are in that database, which pg_dump backs up.

      Exit codes: 0 if the backup is complete, 1 if no backup was written, 64 if the arguments are invalid.
      """)

  @Argument(help: "The file to write; it must not exist.", completion: .file())
  var file: String

  func run() async throws {
    let environment = Environment.current()
    try environment.requireStoreInFile(
      "no backup was written, because the conversations are in",
      "back them up with `pg_dump`, and copy names.json and journal.sqlite while the gateway is stopped")
    let backup = Backup(home: environment.home, version: UserAgent.version)
    do throws(BackupError) {
      let (files, size) = try await backup.write(to: file)
      Output.result("\(file): \(size) bytes with \(files.joined(separator: ", "))")
    } catch {
      Output.message("\(error)")
      throw ExitCode(1)
    }
  }
}

struct DataRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup into edgecrab's folder.",
    discussion: """
      Stop the gateway first. The backup is checked before anything is changed. A backup of an older edgecrab is \
      brought up to date at the next start; one of a newer edgecrab is refused. Run it as the user who owns the \
      folder; root restores into folders of root only. With EDGECRAB_STORE, nothing is restored: the store is in that \
      database.

      Exit codes: 0 if the backup is restored, 1 if it is not, 64 if the arguments are invalid.
      """)

  @Argument(help: "The file that `edgecrab data backup` wrote.", completion: .file())
  var file: String

  @Flag(help: "Move existing files into a new subfolder.")
  var replace = false

  func run() throws {
    let environment = Environment.current()
    try environment.requireStoreInFile(
      "nothing was restored, because the gateway uses the store",
      "restore that with `pg_restore` or `psql`, or empty EDGECRAB_STORE to go back to a store in a file")
    let home = environment.home
    do throws(BackupError) {
      let outcome = try Restore(home: home, acceptsNames: PinnedNamesFile.isReadable).restore(file, replaces: replace)
      if let replaced = outcome.replaced { Output.result("The previous files are in \(replaced).") }
      Output.result("Restored into \(home): \(outcome.files.joined(separator: ", ")). Start the gateway now.")
    } catch {
      Output.message("\(error)")
      throw ExitCode(1)
    }
  }
}

extension Environment {
  /// Exits with 1 if EDGECRAB_STORE names a database, or nothing that can be a store.
  fileprivate func requireStoreInFile(_ problem: String, _ remedy: String) throws {
    do throws(StoreLocationError) {
      guard case .database(let address) = try store else { return }
      Output.message("\(problem) \(address); \(remedy)")
    } catch {
      Output.message("\(error)")
    }
    throw ExitCode(1)
  }
}
