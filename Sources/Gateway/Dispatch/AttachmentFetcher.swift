import AgentSessions
import Core
import Glibc
import Logging
import MattermostIO
import RuleEngine

/// Which files of a message reach an agent, and how.
struct AttachmentFetcher: Sendable {
  let client: MattermostClient
  let policy: IntakePolicy
  let logger: Logger

  /// The files that may come in, and why the others may not, by what the server tells of them.
  func letIn(_ files: [AttachedFile]) async -> (files: [AttachedFile], refused: [AttachmentFailure]) {
    var letIn: [AttachedFile] = []
    var refused: [AttachmentFailure] = []
    for file in files.prefix(Limits.messageFilesMax) {
      do throws(AttachmentFailure) {
        guard letIn.count < policy.filesMax else { throw AttachmentFailure(.tooMany, file: file.name) }
        let file = try await known(file)
        try check(file)
        letIn.append(file)
      } catch {
        logger.info("file not let in", metadata: ["file": "\(file.id)", "reason": "\(error)"])
        refused.append(error)
      }
    }
    return (letIn, refused)
  }

  /// Downloads a file into a conversation's folder, once, and returns where it lies there.
  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    try check(file)
    do {
      return try await keep(file, in: folder)
    } catch let refusal as AttachmentFailure {
      throw refusal
    } catch {
      throw AttachmentFailure(.notWritten, file: file.name, detail: "\(error)")
    }
  }

  private func keep(_ file: AttachedFile, in folder: SessionFolder) async throws -> String {
    let path = file.pathInFolder
    try folder.make()
    if try folder.size(of: path) != nil { return path }
    guard try folder.size(below: AttachedFile.subfolder) + file.size <= Limits.filesBytesMax else {
      throw AttachmentFailure(.tooLarge, file: file.name, detail: "the conversation's folder is full")
    }
    // Under another name until it is whole: a gateway that is killed meanwhile leaves no half of a file.
    let part = path + ".part"
    var isWhole = false
    defer {
      // Where it could not be opened, there is nothing to remove.
      if !isWhole { try? folder.remove(part) }
    }
    try await download(file, to: part, in: folder)
    try folder.rename(part, to: path)
    isWhole = true
    return path
  }

  private func download(_ file: AttachedFile, to part: String, in folder: SessionFolder) async throws {
    let descriptor = try folder.open(part, forWriting: true)
    defer { close(descriptor) }
    let count: Int
    do throws(MattermostError) {
      count = try await client.download(file.id, to: descriptor, bytesMax: min(file.size, policy.fileBytesMax))
    } catch {
      throw AttachmentFailure(.notToBeHad, file: file.name, detail: "\(error)")
    }
    // A proxy's page in the place of the file, or the half of it.
    guard count == file.size else {
      throw AttachmentFailure(.notToBeHad, file: file.name, detail: "\(count) bytes came instead of \(file.size)")
    }
  }

  /// The file with what the server tells of it, where its post did not.
  private func known(_ file: AttachedFile) async throws(AttachmentFailure) -> AttachedFile {
    guard file.name.isEmpty else { return file }
    do throws(MattermostError) {
      return try await client.file(file.id)
    } catch {
      throw AttachmentFailure(.notToBeHad, file: file.id, detail: "\(error)")
    }
  }

  private func check(_ file: AttachedFile) throws(AttachmentFailure) {
    guard file.size <= policy.fileBytesMax else { throw AttachmentFailure(.tooLarge, file: file.name) }
    guard policy.fileTypes.contains(where: { $0.contains(file.mediaType) }) else {
      throw AttachmentFailure(.unwantedType, file: file.name, detail: file.mediaType)
    }
  }
}
