import ArgumentParser
import ConfigLoader
import Doctor
import Logging
import Sessions

struct ClusterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster", abstract: "Look at the gateways that share a database.",
    subcommands: [ClusterStatusCommand.self])
}

struct ClusterStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List the gateways of a database, what they do and what waits for them.",
    discussion: """
      Reads the database that EDGECRAB_STORE names, in the environment or in .env in edgecrab's folder, and changes \
      nothing in it. It needs no token, and prints no secret. A gateway that stands by, or waits for the database or \
      for Mattermost, is not listed.

      Exit codes: 0 if a gateway answers and nothing is wrong, 1 if something is, 64 if the arguments are invalid.
      """)

  @Option(help: "The output format.")
  var format: DoctorReport.Format = .human

  func run() async throws {
    let report: ClusterReport
    do {
      guard case .database(let address) = try Environment.current().store else { throw NoClusterError() }
      report = try ClusterReport(try await PostgresStore.inspect(address, logger: .quiet), at: "\(address)")
    } catch {
      Output.message("\(error)")
      throw ExitCode(1)
    }
    Output.result(format == .json ? report.json : report.human(Terminal.style))
    if report.isWrong { throw ExitCode(1) }
  }
}

/// The store is in a file.
private struct NoClusterError: Error, CustomStringConvertible {
  let description = """
    \(StoreLocation.variable) is not set: the store is a file, which one gateway uses; \
    for several, see cluster.md in the documentation
    """
}
