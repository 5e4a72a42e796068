public import ConfigLoader
import GRDB

extension JournalFile {
  /// The newest events, at most so many, oldest first.
  public func newest(_ count: Int) throws(JournalError) -> [EventLine] {
    try events("SELECT id, line FROM events ORDER BY id DESC LIMIT ?", [count])
  }

  /// The newest events of one post, which is decided again with each edit, oldest first.
  public func events(ofPost id: String) throws(JournalError) -> [EventLine] {
    try events(
      "SELECT id, line FROM events WHERE json_extract(line, '$.post') = ? ORDER BY id DESC LIMIT ?",
      [id, Limits.eventsOfPostMax])
  }

  private func events(_ sql: String, _ arguments: StatementArguments) throws(JournalError) -> [EventLine] {
    let rows: [(id: Int64, line: String)]
    do {
      rows = try database.read { db in
        try Row.fetchAll(db, sql: sql, arguments: arguments).map { ($0["id"], $0["line"]) }
      }
    } catch {
      throw JournalError(error, path: path)
    }
    var lines: [EventLine] = []
    for (id, line) in rows.reversed() { lines.append(try event(id, line)) }
    return lines
  }
}
