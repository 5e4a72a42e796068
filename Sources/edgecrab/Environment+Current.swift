import ConfigLoader
import FoundationEssentials

extension Environment {
  /// This process's variables and edgecrab's `.env`.
  static func current() -> Environment { Environment(process: ProcessInfo.processInfo.environment) }
}
