import Core
import Glibc
import Testing

@Suite struct SystemErrorTests {
  @Test func `has the system's text in lower case`() {
    #expect(SystemError(ENOENT).text == "no such file or directory")
    #expect(SystemError(EIO).text == "input/output error")
  }

  @Test func `a number that the system does not know is shown`() {
    #expect(SystemError(99_999).text == "error 99999")
  }

  @Test func `is that of the system call that just failed`() {
    #expect(open("/nowhere", O_RDONLY) == -1)
    #expect(SystemError() == SystemError(ENOENT))
  }
}
