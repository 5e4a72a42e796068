import Glibc

extension SessionFolder {
  /// The bytes of a file, at most `bytesMax` and one: whoever gets more than it asked for knows that there is more.
  func read(_ file: String, bytesMax: Int) throws(FolderError) -> [UInt8] {
    let descriptor = try open(file)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= bytesMax {
      var count = 0
      let room = min(Self.pieceBytes, bytesMax + 1 - bytes.count)
      let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
        count = Glibc.read(descriptor, buffer.baseAddress, room)
        used = max(0, count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FolderError(path: file)
      }
      if count == 0 { break }
      bytes += piece
    }
    return bytes
  }

  /// Makes a file of `bytes`, with the folders above it, or puts them in the place of what it held.
  func write(_ bytes: [UInt8], to file: String) throws(FolderError) {
    let descriptor = try open(file, forWriting: true)
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        throw FolderError(path: file)
      }
    }
  }

  private static let pieceBytes = 64 * 1024
}
