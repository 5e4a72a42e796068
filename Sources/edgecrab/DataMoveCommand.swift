import ArgumentParser
import ConfigLoader
import Sessions
import Transport

struct DataMoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract: "Move the store from its file into the database that EDGECRAB_STORE names.",
    discussion: """
      Stop the gateway first. Conversations, waiting messages, replies that are not posted and all else of the store in \
      edgecrab's folder are copied into an empty database. The file is renamed then: a gateway that used it again would \
      answer once more what was answered since. A move that was interrupted can be started again.

      The files of conversations, names.json and the journal stay in edgecrab's folder.

      Exit codes: 0 if the store is moved, 1 if it is not, 64 if the arguments are invalid.
      """)

  func run() async throws {
    do {
      let environment = Environment.current()
      guard case .database(let address) = try environment.store else { throw NoDatabaseError() }
      let report = try await StoreMove(
        from: environment.storeFile, to: address, member: .thisProcess(program: UserAgent.version), logger: .quiet
      ).run()
      if !report.counts.isEmpty { Output.result(report.counts.joined(separator: "\n")) }
      Output.result("Moved to \(address). The old file is now \(report.oldStore). Start the gateway now.")
    } catch {
      Output.message("\(error)")
      throw ExitCode(1)
    }
  }
}

/// EDGECRAB_STORE names no database.
private struct NoDatabaseError: Error, CustomStringConvertible {
  let description = """
    \(StoreLocation.variable) is not set, so that there is no database to move to; \
    write it like postgresql://user@db.example.com:5432/edgecrab
    """
}
