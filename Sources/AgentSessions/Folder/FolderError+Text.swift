import Core

extension FolderError: CustomStringConvertible {
  /// For the log.
  package var description: String { "`\(path)`: \(code.rawValue)" + (detail.isEmpty ? "" : " (\(detail))") }

  /// Why a file that an agent hands back is not attached, for whoever asked.
  var sentence: String {
    let name = path.codeSpan(atMost: Limits.pathScalarsShown)
    return switch code {
    case .outside: "(I do not attach \(name): it lies outside of this conversation's folder.)"
    case .noFile: "(I cannot attach \(name): there is no such file.)"
    case .notRegular: "(I cannot attach \(name): it is a folder or a device, not a file.)"
    case .failed: "(I cannot attach \(name): it cannot be read.)"
    }
  }
}
