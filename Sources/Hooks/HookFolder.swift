package import ConfigLoader
import FoundationEssentials
import Glibc

/// A hook that can be run.
package struct Hook: Sendable, Equatable {
  package let manifest: HookManifest
  /// Its own folder, in which it runs.
  let folder: String
  /// The program with its arguments.
  let command: [String]
}

/// Finds the hooks of a gateway: each has a folder with `HOOK.yaml` and a handler.
package enum HookFolder {
  /// The name of the folder of all hooks, in edgecrab's folder.
  package static let name = "hooks"

  package struct Contents: Sendable {
    /// The hooks that can be run, lower `priority` first.
    package var hooks: [Hook] = []
    /// The reasons why others cannot be run, in sentences.
    package var problems: [String] = []
  }

  /// Reads all hooks of a folder. A folder that does not exist has none.
  ///
  /// - Parameter environment: the environment of the gateway.
  package static func read(_ path: String, environment: [String: String]) -> Contents {
    var contents = Contents()
    guard access(path, F_OK) == 0 else { return contents }
    let unsafe = UnsafePath.all(ofFolder: path)
    guard unsafe.isEmpty else {
      contents.problems = unsafe.map(\.description)
      return contents
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).filter {
        !$0.hasPrefix(".") && kind(of: "\(path)/\($0)") == S_IFDIR
      }.sorted()
    } catch {
      contents.problems.append("\(path): the folder cannot be read; give the gateway's user the permission")
      return contents
    }
    for name in names.prefix(Limits.hooksMax) {
      switch read(hook: "\(path)/\(name)", environment: environment) {
      case .success(let hook):
        if contents.hooks.contains(where: { $0.manifest.name == hook.manifest.name }) {
          contents.problems.append(
            "\(hook.folder): another hook has the name `\(hook.manifest.name)` too; rename one of them")
        } else {
          contents.hooks.append(hook)
        }
      case .failure(let problem): contents.problems.append(problem.text)
      }
    }
    if names.count > Limits.hooksMax {
      contents.problems.append(
        "\(path): there are more than \(Limits.hooksMax) hooks; only the first \(Limits.hooksMax) are used")
    }
    contents.hooks.sort { ($0.manifest.priority, $0.manifest.name) < ($1.manifest.priority, $1.manifest.name) }
    return contents
  }

  private struct Problem: Error {
    let text: String
  }

  private static func read(hook folder: String, environment: [String: String]) -> Result<Hook, Problem> {
    guard kind(of: folder + "/HOOK.yaml") == S_IFREG else {
      return .failure(Problem(text: "\(folder): there is no HOOK.yaml; write one, or remove the folder"))
    }
    let source: SourceText
    do throws(RulesFileError) {
      source = try RulesFile.read(path: folder + "/HOOK.yaml")
    } catch {
      return .failure(Problem(text: "\(error)"))
    }
    let loaded = HookFile.load(source, environment: environment)
    guard let manifest = loaded.manifest else { return .failure(Problem(text: loaded.report)) }
    guard let command = command(in: folder, environment["PATH"] ?? "") else {
      return .failure(
        Problem(
          text:
            "\(folder): there is no handler that can be run; add an executable `handler`, or `handler.py`, `handler.js` or "
            + "`handler.ts` with its interpreter in PATH"))
    }
    var unsafe = UnsafePath.all(ofFolder: folder)
    for file in [folder + "/HOOK.yaml", command[command.count - 1]] {
      unsafe += UnsafePath.all(ofFile: file).filter { !unsafe.contains($0) }
    }
    guard unsafe.isEmpty else {
      return .failure(Problem(text: unsafe.map(\.description).joined(separator: "\n")))
    }
    return .success(Hook(manifest: manifest, folder: folder, command: command))
  }

  /// Returns the command of the first handler that exists: itself, or the first interpreter of its language in `PATH`;
  /// `nil` if there is none.
  private static func command(in folder: String, _ path: String) -> [String]? {
    let own = folder + "/handler"
    if isFile(own), access(own, X_OK) == 0 { return [own] }
    let languages: [(name: String, runners: [[String]])] = [
      ("handler.py", [["python3"]]), ("handler.js", [["node"], ["bun"], ["deno", "run", "-A"]]),
      ("handler.ts", [["bun"], ["deno", "run", "-A"], ["tsx"], ["node", "--experimental-strip-types"]]),
    ]
    for (name, runners) in languages where isFile("\(folder)/\(name)") {
      let runner = runners.first { runner in
        path.split(separator: ":").contains { access("\($0)/\(runner[0])", X_OK) == 0 }
      }
      return runner.map { $0 + ["\(folder)/\(name)"] }
    }
    return nil
  }

  private static func isFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

  /// Returns the file type at a path, following links, or `nil` if no file exists.
  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
