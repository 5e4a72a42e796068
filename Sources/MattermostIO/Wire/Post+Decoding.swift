import Core

extension Post: Decodable {
  private enum Key: String, CodingKey {
    case id, message, type, props, metadata
    case createAt = "create_at"
    case updateAt = "update_at"
    case editAt = "edit_at"
    case deleteAt = "delete_at"
    case userID = "user_id"
    case channelID = "channel_id"
    case rootID = "root_id"
    case originalID = "original_id"
    case remoteID = "remote_id"
    case fileIDs = "file_ids"
  }

  /// Reads a post; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let post = try decoder.container(keyedBy: Key.self)
    let fileIDs = post.texts(.fileIDs)
    self.init(
      id: post.text(.id), createAt: post.integer(.createAt), updateAt: post.integer(.updateAt),
      editAt: post.integer(.editAt), deleteAt: post.integer(.deleteAt), userID: post.text(.userID),
      channelID: post.text(.channelID), rootID: post.text(.rootID), originalID: post.text(.originalID),
      remoteID: post.text(.remoteID),
      message: post.text(.message), type: post.text(.type),
      props: (try? post.decode(Props.self, forKey: .props)) ?? Props(),
      fileIDs: fileIDs,
      // Most posts have no files: theirs is not looked into.
      files: fileIDs.isEmpty ? [] : (try? post.decode(Metadata.self, forKey: .metadata))?.files ?? [])
  }
}

/// The part of a post's `metadata` that we use.
private struct Metadata: Decodable {
  var files: [AttachedFile]

  private enum Key: String, CodingKey {
    case files
  }

  init(from decoder: any Decoder) throws {
    files = try decoder.container(keyedBy: Key.self).elements(FileRecord.self, .files).map(\.file)
  }
}

extension Post.Props: Decodable {
  private enum Key: String, CodingKey {
    case attachments
    case fromBot = "from_bot"
    case fromWebhook = "from_webhook"
    case fromPlugin = "from_plugin"
    case overrideUsername = "override_username"
    case mark = "edgecrab"
    case instance = "edgecrab_instance"
  }

  /// Reads props; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let props = try decoder.container(keyedBy: Key.self)
    fromBot = props.flag(.fromBot)
    fromWebhook = props.flag(.fromWebhook)
    fromPlugin = props.flag(.fromPlugin)
    overrideUsername = props.text(.overrideUsername)
    mark = props.text(.mark)
    instance = props.text(.instance)
    attachments = props.elements(Post.Attachment.self, .attachments)
  }
}

extension Post.Attachment: Decodable {
  private enum Key: String, CodingKey {
    case pretext, title, text, fields
  }

  private struct Field: Decodable {
    var value: String
  }

  /// Reads an attachment; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let attachment = try decoder.container(keyedBy: Key.self)
    pretext = attachment.text(.pretext)
    title = attachment.text(.title)
    text = attachment.text(.text)
    fields = attachment.elements(Field.self, .fields).map(\.value)
  }
}
