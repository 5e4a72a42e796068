import FoundationEssentials

/// The folder of the store for a run on the sandbox, which ends with the run as the sandbox's world does.
///
/// Never edgecrab's own folder: what waits there is for a real server's channels, which a sandbox does not know, and
/// would be given up as never to be answered.
struct SandboxHome {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/edgecrab-sandbox-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  func remove() {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      Output.notice("edgecrab: the folder \(path) could not be removed: \(error)")
    }
  }
}
