/// Bounds of this target.
enum Limits {
  /// Bytes of a file in a backup: what eleven octal digits of a tar header can say.
  static let fileBytesMax: Int64 = 0o777_7777_7777

  /// Bytes that are copied at a time.
  static let chunkBytes = 1024 * 1024

  /// Bytes of the description in a backup, and of small files: pinned names take a hundred bytes each, rules files at
  /// most eight megabytes.
  static let descriptionBytesMax = 4 * 1024
}
