import ConfigLoader
import Foundation
import TestSupport
import Testing

@Suite struct UnsafePathTests {
  private let folder: TemporaryFolder
  private let file: String
  private let real: String

  init() throws {
    folder = try TemporaryFolder()
    file = try folder.write("version: 1\nrules: []\n", to: "own/rules.yaml")
    real = folder.url.resolvingSymlinksInPath().path + "/own"
  }

  private func texts() -> [String] { UnsafePath.all(ofFile: file).map(\.description) }

  @Test(arguments: [0o600, 0o644, 0o444, 0o755])
  func `a file that only its owner may write is safe`(mode: Int) {
    chmod(file, mode_t(mode))
    #expect(texts() == [])
    #expect(UnsafePath.all(ofFolder: folder.path("own")) == [])
    #expect(UnsafePath.all(ofFile: folder.path("gone")) == [] && UnsafePath.all(ofFolder: folder.path("gone")) == [])
  }

  @Test(arguments: [(0o664, "664"), (0o646, "646"), (0o666, "666"), (0o622, "622")])
  func `a file that others may write is a problem with its remedy`(mode: Int, shown: String) {
    chmod(file, mode_t(mode))
    let expected = [
      "\(real)/rules.yaml: other users can write to this file, which controls what the gateway runs (mode \(shown)); "
        + "run `chmod go-w \(real)/rules.yaml`"
    ]
    #expect(texts() == expected)
    // The same file through a link.
    symlink(file, folder.path("link.yaml"))
    #expect(UnsafePath.all(ofFile: folder.path("link.yaml")).map(\.description) == expected)
  }

  @Test func `a file in a folder that others may write is a problem, since it can be replaced`() {
    chmod(folder.path("own"), 0o775)
    let expected =
      "\(real): other users can write to this folder, whose files control what the gateway runs (mode 775); run `chmod go-w \(real)`"
    #expect(texts() == [expected])
    #expect(UnsafePath.all(ofFolder: folder.path("own")).map(\.description) == [expected])
  }

  @Test func `a sticky folder is safe for a file in it, but not as a folder whose whole content matters`() {
    chmod(folder.path("own"), 0o1777)
    #expect(texts() == [])
    #expect(UnsafePath.all(ofFolder: folder.path("own")).map { $0.description.contains("(mode 777)") } == [true])
  }

  @Test(.enabled(if: getuid() == 0, "only root may give files away"), arguments: ["own", "own/rules.yaml"])
  func `a file or folder of another user is a problem with its remedy`(name: String) {
    #expect(chown(folder.path(name), 4_711, 4_711) == 0)
    let path = real + name.dropFirst(3)
    let role = name == "own" ? "this folder, whose files control" : "this file, which controls"
    #expect(
      texts() == [
        "\(path): another user (4711) owns \(role) what the gateway runs; run `chown 0 \(path)` as root, "
          + "after you have checked it"
      ])
  }

  @Test func `a pipe of the process is safe`() throws {
    let pipe = Pipe()
    #expect(UnsafePath.all(ofFile: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)") == [])
  }

  @Test func `edgecrab's folder must not be writable for others`() throws {
    try withHome("A=1") { home in
      #expect(Environment(process: ["EDGECRAB_HOME": home]).problems == [])
      for (mode, shown) in [(0o777, "777"), (0o1777, "777"), (0o770, "770")] {
        chmod(home, mode_t(mode))
        let problems = Environment(process: ["EDGECRAB_HOME": home]).problems.map(\.description)
        #expect(problems.count == 1 && problems[0].contains("(mode \(shown)); run `chmod go-w "))
      }
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root may give files away"))
  func `a .env of another user is a problem`() throws {
    try withHome("A=1") { home in
      #expect(chown(home + "/.env", 4_711, 4_711) == 0)
      let problems = Environment(process: ["EDGECRAB_HOME": home]).problems.map(\.description)
      #expect(problems.count == 1 && problems[0].contains(".env: another user (4711) owns this file"))
    }
  }

  @Test func `a copy of the last good rules that others may write is not used`() throws {
    let lastGood = LastGoodRules(home: folder.path("own"))
    let yaml = "version: 1\nrules: []\n"
    try lastGood.save(RulesFile.load(text: yaml, file: "/rules.yaml", environment: [:], now: 0), at: Date())
    #expect(lastGood.load(for: "/rules.yaml", environment: [:], now: 0) != nil && lastGood.unsafePaths == [])
    chmod(lastGood.path, 0o620)
    #expect(lastGood.load(for: "/rules.yaml", environment: [:], now: 0) == nil && lastGood.unsafePaths.count == 1)
  }
}
