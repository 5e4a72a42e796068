import Foundation

/// `openssl s_server` on loopback, with a certificate of its own that is made at test time.
package final class TLSServer: Sendable {
  /// Whether this machine has what it takes.
  package static let isAvailable = FileManager.default.isExecutableFile(atPath: openSSL)
  private static let openSSL = "/usr/bin/openssl"

  /// Where it listens.
  package let port: UInt16
  /// The certificate, for `localhost`, to trust.
  package let certificateFile: String
  private let folder: TemporaryFolder
  private let process: Process

  /// Starts a server that hands what it deciphers to the script, for one connection.
  package init(_ script: @escaping @Sendable (Peer) -> Void) throws {
    folder = try TemporaryFolder()
    certificateFile = folder.path("certificate.pem")
    let keyFile = folder.path("key.pem")
    try Self.run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj",
      "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", certificateFile,
    ]).waitUntilExit()

    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
    let theirs = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    process = try Self.run(
      ["s_server", "-quiet", "-accept", "127.0.0.1:0", "-cert", certificateFile, "-key", keyFile], connectedTo: theirs)
    let ours = Peer(ends[0])
    Thread.detachNewThread {
      script(ours)
      close(ours.socket)
    }
    port = try Self.waitForPort(of: process)
  }

  deinit { process.terminate() }

  /// With `-quiet` the server says neither when nor where it listens, so it is asked of the kernel.
  private static func waitForPort(of process: Process) throws -> UInt16 {
    let end = Date.now + Double(Peer.patience)
    while process.isRunning, Date.now < end {
      if let port = try listeningPort(of: process.processIdentifier) { return port }
      usleep(5_000)
    }
    process.terminate()
    throw TestFailure("`openssl s_server` does not listen")
  }

  private static func listeningPort(of process: Int32) throws -> UInt16? {
    let folder = "/proc/\(process)/fd"
    let open = Set(
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
      })
    // Not `Data(contentsOf:)`: it takes the first page of such a file for the whole.
    var table = Data()
    guard let file = FileHandle(forReadingAtPath: "/proc/net/tcp") else { return nil }
    while let more = try file.read(upToCount: 65_536), !more.isEmpty { table += more }
    for line in String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: " ")
      // `proc_pid_net(5)`: the local address, the state, of which 0A is to listen, and the inode.
      guard fields.count > 9, fields[3] == "0A", open.contains("socket:[\(fields[9])]") else { continue }
      return fields[1].split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
    }
    return nil
  }

  @discardableResult
  private static func run(_ arguments: [String], connectedTo connection: FileHandle? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: openSSL)
    process.arguments = arguments
    process.standardInput = connection ?? FileHandle.nullDevice
    process.standardOutput = connection ?? FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}
