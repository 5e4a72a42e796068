import Foundation

/// `openssl s_server` on loopback, with a certificate that is created for the test.
package final class TLSServer: Sendable {
  /// True if openssl is installed.
  package static let isAvailable = FileManager.default.isExecutableFile(atPath: openSSL)
  private static let openSSL = "/usr/bin/openssl"

  package let port: UInt16
  /// The certificate, for `localhost`, to trust.
  package let certificateFile: String
  private let folder: TemporaryFolder
  private let process: Process

  /// A certificate and its key, as files (PEM).
  package struct Identity: Sendable {
    package let certificateFile: String
    package let keyFile: String

    /// Creates a self-signed certificate for `localhost` and `::1`. The key is encrypted if there is a password.
    package init(in folder: TemporaryFolder, named name: String, password: String? = nil) throws {
      certificateFile = folder.path("\(name).pem")
      keyFile = folder.path("\(name)-key.pem")
      let protection = password.map { ["-passout", "pass:\($0)"] } ?? ["-nodes"]
      try TLSServer.run(
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] + protection + [
          "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:::1", "-keyout", keyFile,
          "-out", certificateFile,
        ]
      ).waitUntilExit()
    }
  }

  /// Starts a server that passes the decrypted bytes of one connection to the script.
  ///
  /// - Parameters:
  ///   - host: the address to listen on.
  ///   - client: the certificate that a client must present; `nil` to require none.
  package init(
    host: String = "127.0.0.1", client: Identity? = nil, _ script: @escaping @Sendable (Peer) -> Void
  ) throws {
    folder = try TemporaryFolder()
    let own = try Identity(in: folder, named: "server")
    certificateFile = own.certificateFile
    let demand = client.map { ["-Verify", "1", "-verify_return_error", "-CAfile", $0.certificateFile] } ?? []

    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
    let theirs = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    process = try Self.run(
      ["s_server", "-quiet", "-accept", "\(host):0", "-cert", certificateFile, "-key", own.keyFile] + demand,
      connectedTo: theirs)
    let ours = Peer(ends[0])
    Thread.detachNewThread {
      script(ours)
      close(ours.socket)
    }
    port = try Self.waitForPort(of: process)
  }

  deinit { process.terminate() }

  /// Finds the port in /proc: with `-quiet` the server does not print it.
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
    for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
      guard let file = FileHandle(forReadingAtPath: path) else { continue }
      while let more = try file.read(upToCount: 65_536), !more.isEmpty { table += more }
    }
    for line in String(decoding: table, as: UTF8.self).split(separator: "\n") {
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
