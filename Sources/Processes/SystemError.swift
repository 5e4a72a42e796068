internal import Glibc

/// An error number of the system.
struct SystemError: Error, Equatable {
  let number: Int32

  /// What the last call left in `errno`, unless said.
  init(_ number: Int32 = errno) { self.number = number }

  /// The system's words.
  var text: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}
