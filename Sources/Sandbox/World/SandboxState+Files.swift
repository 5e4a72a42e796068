import FoundationEssentials

extension SandboxState {
  /// Takes a file in; it hangs nowhere yet.
  func upload(_ content: Data, named name: String, to channelID: String, by user: User) throws(AppError) -> UploadedFile
  {
    let channel = try joinedChannel(channelID, of: user)
    guard !name.isEmpty, name.utf8.count <= Limits.nameLengthMax else { throw .invalidURL("filename") }
    let file = UploadedFile(
      id: MattermostID.random(), userID: user.id, channelID: channel.id, createAt: moment(), name: name,
      content: content)
    uploads.append(file)
    if uploads.count > Limits.uploadsMax { uploads.removeFirst() }
    return file
  }

  /// A file that a user may see, with the post that it hangs on, where it does.
  func file(_ id: String, for user: User) throws(AppError) -> (file: UploadedFile, postID: String?) {
    if let file = uploads.first(where: { $0.id == id && $0.userID == user.id }) { return (file, nil) }
    for post in posts.values where post.deleteAt == 0 {
      guard let file = post.files.first(where: { $0.id == id }) else { continue }
      _ = try joinedChannel(post.channelID, of: user)
      return (file, post.id)
    }
    throw .fileMissing
  }

  /// Takes the files of a user's new post: their own, uploaded to its channel, and each only once. Others are left out.
  func takeUploads(_ ids: [String], for channelID: String, by user: User) -> [UploadedFile] {
    let taken = ids.prefix(Limits.filesMax).compactMap { id in
      uploads.first { $0.id == id && $0.userID == user.id && $0.channelID == channelID }
    }
    uploads.removeAll { taken.contains($0) }
    return taken
  }
}
