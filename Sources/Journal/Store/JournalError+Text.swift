extension JournalError {
  /// What happened, where, and what to do.
  package var description: String {
    switch code {
    case .missing: "there is no journal `\(path)` yet; a running gateway writes one"
    case .noAccess:
      "the journal `\(path)` cannot be opened or written (\(detail)); check who may write the file and its folder"
    case .corrupt:
      "the journal `\(path)` is damaged or not a database (\(detail)); move it away, together with the files `-wal` and `-shm` beside it"
    case .newer: "the journal `\(path)` was written by a newer edgecrab; run that version, or move the file away"
    case .full: "the disk that holds the journal `\(path)` is full; free some space"
    case .other: "the journal `\(path)` failed (\(detail))"
    }
  }
}
