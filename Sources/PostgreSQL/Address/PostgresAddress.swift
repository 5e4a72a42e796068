internal import CPostgres
internal import Core

/// The address of a database, as libpq understands it: a `postgresql://` or `postgres://` URL, or `key=value` pairs.
///
/// What it leaves out comes from libpq: environment variables (`PGHOST`, `PGPASSFILE` and so on), `~/.pgpass`, a service
/// file, defaults.
package struct PostgresAddress: Sendable {
  /// The text, which may contain a password.
  let text: Secret
  /// Hosts, ports, database and user as a URL. It never contains the password or a parameter that may be secret.
  package let shown: String

  /// - Throws: `PostgresError.Code.badAddress`. The error does not quote the text.
  package init(_ text: String) throws(PostgresError) {
    guard !text.isEmpty, !text.utf8.contains(0) else { throw PostgresError(.badAddress, "it is empty") }
    // libpq's own message is not used: it quotes the text, with the password.
    guard let options = PQconninfoParse(text, nil) else {
      throw PostgresError(.badAddress, "it is neither a URL nor key=value pairs that libpq knows")
    }
    defer { PQconninfoFree(options) }
    self.text = Secret(text)
    shown = Self.shown(ConnectionOptions(options))
  }

  private static func shown(_ options: ConnectionOptions) -> String {
    let hosts = options.hosts
    let servers = hosts.filter { !$0.name.hasPrefix("/") }.map { host in
      let name = host.name.contains(":") ? "[\(host.name)]" : host.name
      return host.port.isEmpty ? name : "\(name):\(host.port)"
    }
    let sockets = hosts.filter { $0.name.hasPrefix("/") }.map { "host=\($0.name)" }
    let services = options["service"].map { ["service=\($0)"] } ?? []
    let query = (sockets + services).joined(separator: "&")
    return "postgresql://" + (options["user"].map { "\($0)@" } ?? "") + servers.joined(separator: ",") + "/"
      + (options["dbname"] ?? "") + (query.isEmpty ? "" : "?\(query)")
  }
}

extension PostgresAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { shown }
  package var debugDescription: String { shown }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
