import ConfigLoader
import Foundation
import TestSupport
import Testing

@Suite struct FileWatcherTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Watches `path`, calls `change`, and waits for the notification.
  private func expectNotice(of path: String, after change: () throws -> Void) async throws {
    let watch = FileWatcher(path)
    let notices = AsyncQueue<Void>()
    let watching = Task {
      await watch.run { _ in
      } changed: {
        notices(())
      }
    }
    try change()
    try await notices.next("the change to be noticed")
    watching.cancel()
    await watching.value
  }

  @Test func `a file that is written in place is a change`() async throws {
    let path = try folder.write("one", to: "rules.yaml")
    try await expectNotice(of: path) { _ = try folder.write("another", to: "rules.yaml") }
  }

  @Test func `a file that is replaced by a rename is a change`() async throws {
    let path = try folder.write("one", to: "rules.yaml")
    try await expectNotice(of: path) {
      let draft = try folder.write("two", to: "rules.yaml~")
      #expect(rename(draft, path) == 0)
    }
  }

  @Test func `a swapped link to a folder, as in Kubernetes, is a change`() async throws {
    let files = FileManager.default
    for (name, text) in [("..1", "one"), ("..2", "two")] {
      try files.createDirectory(atPath: folder.path(name), withIntermediateDirectories: false)
      _ = try folder.write(text, to: "\(name)/rules.yaml")
    }
    try files.createSymbolicLink(atPath: folder.path("..data"), withDestinationPath: "..1")
    try files.createSymbolicLink(atPath: folder.path("rules.yaml"), withDestinationPath: "..data/rules.yaml")
    try await expectNotice(of: folder.path("rules.yaml")) {
      try files.createSymbolicLink(atPath: folder.path("..data_tmp"), withDestinationPath: "..2")
      #expect(rename(folder.path("..data_tmp"), folder.path("..data")) == 0)
    }
  }

  @Test func `a change of the target of a link is a change`() async throws {
    let elsewhere = try TemporaryFolder()
    let target = try elsewhere.write("one", to: "rules.yaml")
    try FileManager.default.createSymbolicLink(atPath: folder.path("rules.yaml"), withDestinationPath: target)
    try await expectNotice(of: folder.path("rules.yaml")) { _ = try elsewhere.write("another", to: "rules.yaml") }
  }

  @Test func `a file that is removed is a change`() async throws {
    let path = try folder.write("one", to: "rules.yaml")
    try await expectNotice(of: path) { #expect(unlink(path) == 0) }
  }

  @Test func `a change between the creation and the start of the watcher is a change`() async throws {
    let path = try folder.write("one", to: "rules.yaml")
    let watch = FileWatcher(path)
    _ = try folder.write("another", to: "rules.yaml")
    let notices = AsyncQueue<Void>()
    let watching = Task {
      await watch.run { _ in
      } changed: {
        notices(())
      }
    }
    try await notices.next("the change to be noticed")
    watching.cancel()
  }

  @Test func `without notifications of the kernel, the watcher reports it once and still notices changes`() async throws
  {
    let path = folder.path("later/rules.yaml")
    let (problems, notices) = (AsyncQueue<FileWatcherError>(), AsyncQueue<Void>())
    let watch = FileWatcher(path)
    let watching = Task {
      await watch.run {
        problems($0)
      } changed: {
        notices(())
      }
    }
    let problem = try await problems.next("the problem")
    #expect(problem.isFolderMissing && problem.description == "no such file or directory")
    try FileManager.default.createDirectory(atPath: folder.path("later"), withIntermediateDirectories: false)
    _ = try folder.write("one", to: "later/rules.yaml")
    try await notices.next("the file to be noticed")
    watching.cancel()
  }

  @Test func `changes of other files in the folder are not changes of the file`() async throws {
    let path = try folder.write("one", to: "rules.yaml")
    let watch = FileWatcher(path)
    let notices = AsyncQueue<String>()
    let watching = Task {
      await watch.run { _ in
      } changed: {
        notices((try? String(contentsOfFile: path, encoding: .utf8)) ?? "none")
      }
    }
    for number in 0..<50 { _ = try folder.write("\(number)", to: "other.sqlite-wal") }
    _ = try folder.write("another", to: "rules.yaml")
    #expect(try await notices.next("the change to be noticed") == "another")
    watching.cancel()
  }
}
