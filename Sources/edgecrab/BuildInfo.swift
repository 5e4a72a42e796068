import CBuildInfo
import Transport

/// The version of the program, and the commit that it was built from.
enum BuildInfo {
  /// The text of `--version`: `edgecrab 0.1.0 (commit d1f76ac7f2c4, 2026-11-28)`.
  static var text: String {
    let (commit, date) = (String(cString: edgecrab_commit), String(cString: edgecrab_commit_date))
    // A build by `swift build` alone, or from an archive without Git.
    let origin = commit.isEmpty ? "built from an unknown commit" : "commit \(commit), \(date)"
    return "edgecrab \(UserAgent.version) (\(origin))"
  }
}
