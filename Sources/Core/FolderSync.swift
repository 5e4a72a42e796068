import Glibc

/// Has the names of the files in a folder on the disk, so that they last over a power failure. A failure is ignored: the
/// files are in place, and some file systems cannot do this.
package func synchronize(folder path: String) {
  let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
