import Agents
import Core
import Glibc
import Logging
import MattermostIO
import RuleEngine

/// Decides which files of a message reach an agent, and downloads them.
struct AttachmentFetcher: Sendable {
  let client: MattermostClient
  let policy: IntakePolicy
  let logger: Logger

  /// Returns the files that are admitted, by their description on the server, and why the others are not.
  func admit(_ files: [AttachedFile]) async -> (files: [AttachedFile], refused: [AttachmentFailure]) {
    var admitted: [AttachedFile] = []
    var refused: [AttachmentFailure] = []
    for file in files.prefix(Limits.messageFilesMax) {
      do throws(AttachmentFailure) {
        guard admitted.count < policy.filesMax else { throw AttachmentFailure(.tooMany, file: file.name) }
        let file = try await known(file)
        try check(file)
        admitted.append(file)
      } catch {
        logger.info("file not admitted", metadata: ["file": "\(file.id)", "reason": "\(error)"])
        refused.append(error)
      }
    }
    return (admitted, refused)
  }

  /// Downloads a file into a conversation's folder, once, and returns its path there.
  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    try check(file)
    do {
      // Not on the network's thread, which must not wait for the disk.
      return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await store(file, in: folder) }
    } catch let failure as AttachmentFailure {
      throw failure
    } catch {
      throw AttachmentFailure(.notWritten, file: file.name, detail: "\(error)")
    }
  }

  private func store(_ file: AttachedFile, in folder: SessionFolder) async throws -> String {
    let path = file.pathInFolder
    try folder.create()
    if try folder.size(of: path) != nil { return path }
    guard try folder.size(below: AttachedFile.subfolder) + file.size <= Limits.filesBytesMax else {
      throw AttachmentFailure(.tooLarge, file: file.name, detail: "the conversation's folder is full")
    }
    // Under another name until it is complete: a gateway that is killed meanwhile leaves no half of a file.
    let part = path + ".part"
    var isComplete = false
    defer {
      // If it could not be opened, there is nothing to remove.
      if !isComplete { try? folder.remove(part) }
    }
    try await download(file, to: part, in: folder)
    try folder.rename(part, to: path)
    isComplete = true
    return path
  }

  private func download(_ file: AttachedFile, to part: String, in folder: SessionFolder) async throws {
    let descriptor = try folder.open(part, forWriting: true)
    defer { close(descriptor) }
    let count: Int
    do throws(MattermostError) {
      count = try await client.download(file.id, to: descriptor, bytesMax: min(file.size, policy.fileBytesMax))
    } catch {
      throw AttachmentFailure(.unavailable, file: file.name, detail: "\(error)")
    }
    // A proxy's page instead of the file, or half of it.
    guard count == file.size else {
      throw AttachmentFailure(.unavailable, file: file.name, detail: "\(count) bytes came instead of \(file.size)")
    }
  }

  /// Returns the file with its description on the server, if its post had none.
  private func known(_ file: AttachedFile) async throws(AttachmentFailure) -> AttachedFile {
    guard file.name.isEmpty else { return file }
    do throws(MattermostError) {
      return try await client.file(file.id)
    } catch {
      throw AttachmentFailure(.unavailable, file: file.id, detail: "\(error)")
    }
  }

  private func check(_ file: AttachedFile) throws(AttachmentFailure) {
    guard file.size <= policy.fileBytesMax else { throw AttachmentFailure(.tooLarge, file: file.name) }
    guard policy.fileTypes.contains(where: { $0.contains(file.mediaType) }) else {
      throw AttachmentFailure(.unwantedType, file: file.name, detail: file.mediaType)
    }
  }
}
