import Processes

extension ChildProcess.Termination {
  /// Returns how a program ended, with its last words, for the log.
  func detail(_ words: String) -> String {
    [status.text, words].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension ChildProcess.Termination.Status {
  /// For the log: the status, and what a shell means by it.
  fileprivate var text: String {
    switch self {
    case .exited(126): "exited(126): something in it may not be run (`chmod +x`)"
    case .exited(127): "exited(127): a program in it is not there"
    default: "\(self)"
    }
  }
}
