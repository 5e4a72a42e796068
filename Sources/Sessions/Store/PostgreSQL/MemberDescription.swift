import FoundationEssentials

/// The name and version by which a gateway is shown to others.
package struct MemberDescription: Sendable {
  /// The computer and the process, such as `host:4711`.
  package let name: String
  /// The version of the program.
  package let program: String

  package init(name: String, program: String) {
    self.name = name
    self.program = program
  }

  /// This process, as `HOST:PID`.
  package static func thisProcess(program: String) -> MemberDescription {
    let process = ProcessInfo.processInfo
    return MemberDescription(name: "\(process.hostName):\(process.processIdentifier)", program: program)
  }
}
