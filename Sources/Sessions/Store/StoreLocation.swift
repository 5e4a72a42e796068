package import PostgreSQL

/// Where a store is.
package enum StoreLocation: Sendable {
  /// In an SQLite file, by its path.
  case file(String)
  /// In a PostgreSQL database.
  case database(PostgresAddress)

  /// The variable that names a database. Its value may have a password.
  package static let variable = "EDGECRAB_STORE"

  /// The path of the store in edgecrab's folder.
  package static func file(in home: String) -> String { home + "/edgecrab.sqlite" }

  /// Reads the value of the variable. Without one, the store is in a file.
  package init(_ value: String?, orFile path: String) throws(StoreLocationError) {
    guard let value, !value.isEmpty else {
      self = .file(path)
      return
    }
    guard ["postgres://", "postgresql://"].contains(where: value.hasPrefix),
      let address = try? PostgresAddress(value)
    else { throw StoreLocationError() }
    self = .database(address)
  }
}

extension StoreLocation: CustomStringConvertible {
  /// The path, or the address without what may be secret.
  package var description: String {
    switch self {
    case .file(let path): path
    case .database(let address): address.shown
    }
  }
}

/// The value of EDGECRAB_STORE does not name a store. It is not quoted, because it may have a password.
package struct StoreLocationError: Error, Sendable, Equatable, CustomStringConvertible {
  package let summary = "\(StoreLocation.variable) is not the address of a PostgreSQL database"
  package let remedy = """
    write it like postgresql://user@db.example.com:5432/edgecrab, with special characters of a password in \
    percent-encoding (%40 for @), or leave it empty for a store in a file
    """

  package var description: String { "\(summary); \(remedy)" }
}
