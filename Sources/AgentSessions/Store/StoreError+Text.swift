extension StoreError: CustomStringConvertible {
  /// What happened, where, and what to do.
  package var description: String {
    switch code {
    case .inUse:
      "the store `\(path)` is in use by another edgecrab gateway; stop that one, or give this one its own folder with EDGECRAB_HOME"
    case .locked:
      "the store `\(path)` is locked by another program; close what has it open (a `sqlite3` shell, a backup) and try again"
    case .cannotOpen:
      "the store `\(path)` cannot be opened (\(detail)); check that its folder exists or can be made, or choose another with EDGECRAB_HOME"
    case .readOnly:
      "the store `\(path)` cannot be written (\(detail)); give the gateway's user the right to write the file and its folder, or choose another folder with EDGECRAB_HOME"
    case .full:
      "the disk that holds the store `\(path)` is full; free some space, then try again"
    case .corrupt:
      "the store `\(path)` is damaged or not a database (\(detail)); move it away, together with the files `-wal` and `-shm` beside it, and start again: conversations begin anew"
    case .newer:
      "the store `\(path)` was written by a newer edgecrab; run that version, or choose another folder with EDGECRAB_HOME"
    case .disk:
      "the disk reported an error on the store `\(path)` (\(detail)); check the disk and its file system"
    case .deleted:
      "the store `\(path)` was deleted while the gateway runs and cannot be written again (\(detail)); nothing is taken in until it can: let its folder be made and written, and do not restart the gateway before, or conversations and waiting messages are lost"
    case .replaced:
      "another file lies in the place of the store `\(path)`; the gateway ends, and works with that file when it is started again; what it knew is \(detail)"
    case .closed:
      "the store `\(path)` is closed: the gateway is shutting down"
    case .other:
      "the store `\(path)` failed (\(detail)); the gateway's log says when it began"
    }
  }
}
