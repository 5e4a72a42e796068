import ArgumentParser
import Backup
import ConfigLoader
import ServerLookup
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

      Exit codes: 0 if the backup is complete, 1 if no backup was written, 64 if the arguments are invalid.
      """)

  @Argument(help: "The file to write; it must not exist.", completion: .file())
  var file: String

  func run() async throws {
    let backup = Backup(home: Environment.current().home, version: UserAgent.version)
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
      folder; root restores into folders of root only.

      Exit codes: 0 if the backup is restored, 1 if it is not, 64 if the arguments are invalid.
      """)

  @Argument(help: "The file that `edgecrab data backup` wrote.", completion: .file())
  var file: String

  @Flag(help: "Move existing files into a new subfolder.")
  var replace = false

  func run() throws {
    let home = Environment.current().home
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
