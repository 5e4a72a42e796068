import Core
import Foundation
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite(.timeLimit(.minutes(1)))
struct ServiceManagerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [true, false])
  func `watchdog notifications come from the network's thread, and stop while it hangs`(isAbstract: Bool) async throws {
    let receiver = try NotificationReceiver(in: folder, isAbstract: isAbstract)
    let manager = try #require(
      ServiceManager(["NOTIFY_SOCKET": receiver.address, "WATCHDOG_USEC": "100000"], process: 1))
    let watchdog = try #require(manager.startWatchdog())
    defer { watchdog.cancel() }
    for _ in 1...3 { try await receiver.next(with: "WATCHDOG=1") }
    let (hanging, released) = (TestGate(), TestGate())
    Task(executorPreference: NetworkThread.shared) {
      hanging.open()
      released.wait()
    }
    await Task.detached { hanging.wait() }.value
    while receiver.received() != nil {}
    try await Task.sleep(for: .milliseconds(400))
    #expect(receiver.received() == nil)
    released.open()
    try await receiver.next(with: "WATCHDOG=1")
  }

  @Test func `a watchdog for another process, or with a time that is none, is not served`() throws {
    let socket = folder.path("notify")
    func time(_ more: [String: String]) -> Duration? {
      ServiceManager(["NOTIFY_SOCKET": socket].merging(more) { $1 }, process: 7)?.watchdogTime
    }
    #expect(time([:]) == nil)
    #expect(time(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
    #expect(time(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"]) == .seconds(30))
    #expect(time(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"]) == nil)
    for text in ["0", "-5", "soon", "", "99999999999999999999"] { #expect(time(["WATCHDOG_USEC": text]) == nil) }
  }

  @Test(arguments: ["", "/", "@", "relative", "vsock:2:1234", "/" + String(repeating: "x", count: 200)])
  func `an address that is no Unix socket is no manager`(address: String) {
    #expect(ServiceManager(["NOTIFY_SOCKET": address], process: 1) == nil)
  }

  @Test func `a manager that is gone, or reads nothing, delays nothing`() throws {
    let gone = ServiceStatus(ServiceManager(["NOTIFY_SOCKET": folder.path("nothing")], process: 1))
    gone.stop()
    let receiver = try NotificationReceiver(in: folder)
    let manager = try #require(ServiceManager(["NOTIFY_SOCKET": receiver.address], process: 1))
    // More than the queue of a socket holds (net.unix.max_dgram_qlen).
    for number in 1...10_000 { manager.notify("STATUS=\(number)") }
    #expect(receiver.received() == "STATUS=1")
  }

  @Test func `a state is told once, and a reload before the first connection is a part of the start`() throws {
    let receiver = try NotificationReceiver(in: folder)
    let status = ServiceStatus(ServiceManager(["NOTIFY_SOCKET": receiver.address], process: 1))
    status.wait(for: "the server", because: "down\nREADY=1")
    #expect(receiver.received() == "STATUS=waiting for the server: down READY=1")
    status.beginReload()
    status.endReload(refused: nil)
    #expect(receiver.received() == nil)
    let text = ConnectionState.Mode.polling.sentence("polling, because the WebSocket cannot be opened", bot: "crab")
    status.show(text, isConnected: true)
    let polling = "STATUS=connected as @crab, polling, because the WebSocket cannot be opened"
    #expect(receiver.received() == "READY=1\n" + polling)
    status.show(text, isConnected: true)
    #expect(receiver.received() == nil)
    status.beginReload()
    let reloading = try #require(receiver.received()).split(separator: "\n")
    #expect(reloading.count == 3 && reloading[0] == "RELOADING=1" && reloading[2] == "STATUS=reloading the rules")
    // Of the same clock as systemd's (org.freedesktop.systemd1, RELOADING=1).
    let microseconds = try #require(Int64(reloading[1].dropFirst("MONOTONIC_USEC=".count)))
    let uptime = Int64(ProcessInfo.processInfo.systemUptime * 1_000_000)
    #expect(microseconds > 0 && microseconds < uptime + 1_000_000)
    status.endReload(refused: "rules.yaml")
    #expect(receiver.received() == "READY=1\n" + polling + "; the newest rules of rules.yaml are refused, see the log")
    status.show("not connected: lost; reconnecting", isConnected: false)
    #expect(receiver.received()?.hasPrefix("STATUS=not connected: lost; reconnecting") == true)
    status.stop()
    #expect(receiver.received() == "STOPPING=1\nSTATUS=shutting down")
    status.show("not connected: lost; reconnecting", isConnected: false)
    status.stop()
    #expect(receiver.received() == nil)
  }
}
