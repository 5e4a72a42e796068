import ArgumentParser
import BuiltInRules
import ConfigLoader
import Core
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct RulesNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Print a rules file to start from, with comments and tests.",
    discussion: """
      The cases:

      \(Starter.allCases.map { "  \($0.rawValue.padded(to: 10))\($0.purpose)" }.joined(separator: "\n"))
      """)

  @Option(name: .customLong("from"), help: "The case.")
  var starter: Starter = .mention

  @Option(help: "Write to this file, which must not exist.", completion: .file())
  var output: String?

  func run() throws {
    guard let output else {
      Output.result(String(decoding: starter.yaml, as: UTF8.self))
      return
    }
    do {
      try Self.write(starter.yaml, toNewFile: FilePath(output))
    } catch Errno.fileExists {
      throw cannotRun("the file `\(output.printable)` already exists; choose another name, or remove it first")
    } catch {
      throw cannotRun("the file `\(output.printable)` cannot be written: \(error)")
    }
    Output.notice("Wrote \(output.printable). Next: edgecrab rules check \(output.printable)")
  }

  /// Creates a file, or leaves nothing if it cannot be written whole.
  private static func write(_ bytes: [UInt8], toNewFile path: FilePath) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    do {
      try file.closeAfter { _ = try file.writeAll(bytes) }
    } catch {
      _ = path.withPlatformString { unlink($0) }
      throw error
    }
  }
}

extension Starter: ExpressibleByArgument {}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
