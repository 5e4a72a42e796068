import Foundation

/// An agent that is built on the Agent Client Protocol's own Python SDK (`scripts/install-acp-sdk.sh`).
package enum ACPProgram {
  /// How to run it; what it does, the message says: see `agent.py`.
  package static let command = ["/usr/bin/python3", here.appending(path: "agent.py").path]

  /// What it must see.
  package static let environment = ["PYTHONPATH": sdk.path, "PYTHONDONTWRITEBYTECODE": "1"]

  /// Whether the SDK is there.
  package static let isAvailable = FileManager.default.fileExists(atPath: sdk.appending(path: "acp").path)

  private static let here = URL(filePath: #filePath).deletingLastPathComponent()
  private static let sdk = here.appending(path: "../../../.build-acp").standardized
}
