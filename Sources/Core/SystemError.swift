import Glibc

/// An error number of the system, `errno`.
package struct SystemError: Error, Sendable, Equatable {
  package let number: Int32

  /// Creates the error of the system call that just failed, unless a number is given.
  package init(_ number: Int32 = errno) { self.number = number }

  /// The system's text in lower case, for within a sentence: `permission denied`.
  package var text: String {
    var buffer: [CChar] = Array(repeating: 0, count: 256)
    // Not `strerror`, whose buffer is shared by all threads.
    guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
  }
}
