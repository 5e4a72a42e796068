/// Bounds of this target.
enum Limits {
  /// Bytes of a file in a backup: what eleven octal digits of a tar header can say.
  static let fileBytesMax: Int64 = 0o777_7777_7777

  /// Bytes that are copied at a time.
  static let chunkBytes = 1024 * 1024

  /// Bytes of the description in a backup.
  static let descriptionBytesMax: Int64 = 4 * 1024

  /// Bytes of the pinned names in a backup: as many as the gateway reads.
  static let namesBytesMax: Int64 = 128 * 1024 * 1024
}
