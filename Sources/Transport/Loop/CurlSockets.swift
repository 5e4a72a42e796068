internal import CCurl
internal import Glibc

/// The sockets and the time for which curl waits, as it reports them itself (`CURLMOPT_SOCKETFUNCTION`,
/// `CURLMOPT_TIMERFUNCTION`). Used on the curl thread only.
final class CurlSockets {
  private let multi: UnsafeMutableRawPointer
  /// The events of poll(2) that each socket waits for.
  private var events: [Int32: Int16] = [:]
  /// When curl has to act without a socket, or `nil` if it does not.
  private(set) var time: ContinuousClock.Instant?

  /// - Parameter multi: A multi handle without transfers, which outlives this.
  init(of multi: UnsafeMutableRawPointer) {
    self.multi = multi
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = curlSetMultiPointer(multi, CURLMOPT_SOCKETDATA, context)
    _ = curlSetMultiPointer(multi, CURLMOPT_TIMERDATA, context)
    let socketChanged: edgecrab_socket_function = { _, socket, change, context, _ in
      CurlSockets.from(context).update(socket, change)
      return 0
    }
    let timeChanged: edgecrab_timer_function = { _, milliseconds, context in
      // Curl is called back by `act`, never from here.
      CurlSockets.from(context).time = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
      return 0
    }
    _ = curlSetMulti(multi, CURLMOPT_SOCKETFUNCTION, socketChanged)
    _ = curlSetMulti(multi, CURLMOPT_TIMERFUNCTION, timeChanged)
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlSockets {
    guard let context else { preconditionFailure("curl called back without the pointer it was given") }
    return Unmanaged<CurlSockets>.fromOpaque(context).takeUnretainedValue()
  }

  private func update(_ socket: Int32, _ change: Int32) {
    events[socket] =
      switch change {
      case CURL_POLL_IN: Int16(POLLIN)
      case CURL_POLL_OUT: Int16(POLLOUT)
      case CURL_POLL_INOUT: Int16(POLLIN | POLLOUT)
      default: nil
      }
  }

  /// Appends the sockets with the events they wait for.
  func appendWanted(to descriptors: inout [pollfd]) {
    for (socket, events) in events { descriptors.append(pollfd(fd: socket, events: events, revents: 0)) }
  }

  /// True if the time has come.
  var isDue: Bool { time.map { $0 <= .now } ?? false }

  /// Lets curl act because the time has come.
  func act() {
    time = nil
    act(on: CURL_SOCKET_TIMEOUT, 0)
  }

  /// Lets curl act on a socket that is ready, unless what an earlier one brought has ended its transfer.
  func act(on descriptor: pollfd) {
    guard events[descriptor.fd] != nil else { return }
    let ready = Int32(descriptor.revents)
    // Of an error, reading and writing tell more than poll.
    let canRead = ready & (POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0
    let canWrite = ready & (POLLOUT | POLLERR | POLLNVAL) != 0
    act(on: descriptor.fd, (canRead ? CURL_CSELECT_IN : 0) | (canWrite ? CURL_CSELECT_OUT : 0))
  }

  private func act(on socket: Int32, _ events: Int32) {
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, events, &running)
  }
}
