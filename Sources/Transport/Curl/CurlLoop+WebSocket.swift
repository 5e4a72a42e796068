internal import CCurl
internal import CWslay

extension CurlLoop {
  /// Begins to connect. The connection ends when the lease is dropped, if not before.
  func connect(
    _ request: UpgradeRequest, to target: RequestTarget, settings: ConnectionSettings, timeLimit: Duration
  ) throws(TransportError) -> TransferHandle {
    let connection = try WebSocketTransfer(
      request, to: target, settings: settings, timeLimit: timeLimit, multi: executor.multi)
    return add(.socket(connection))
  }

  /// Waits until the WebSocket is open. Cancelling the task ends the connection.
  func opening(of lease: TransferHandle) async -> WebSocketTransfer.OpenResult {
    await answer { loop, opener in
      if let socket = loop.socket(lease) { socket.waitForOpening(opener) } else { opener.resume(returning: .dropped) }
    } onCancel: { loop in
      loop.drop(lease.id)
    }
  }

  /// Waits for the next messages. Cancelling the task ends the waiting only.
  func messages(of lease: TransferHandle, atMost most: Int) async -> WebSocketTransfer.MessagesResult {
    let ticket = nextNumber()
    return await answer { loop, reader in
      if let socket = loop.socket(lease) {
        socket.read(ticket, atMost: most, reader)
      } else {
        reader.resume(returning: .dropped)
      }
    } onCancel: { loop in
      loop.socket(lease)?.stopReading(ticket)
    }
  }

  /// Sends a message after those sent before.
  func send(_ opcode: wslay_opcode, _ bytes: [UInt8], over lease: TransferHandle) throws(WebSocketError) {
    guard let socket = socket(lease) else { throw .transport(TransportError(.cancelled)) }
    try socket.send(opcode, bytes)
  }

  /// Closes politely, or at once if the task is cancelled.
  func close(_ code: UInt16, _ lease: TransferHandle) async {
    await answer { loop, closer in
      if let socket = loop.socket(lease) { socket.close(code, closer) } else { closer.resume() }
    } onCancel: { loop in
      loop.drop(lease.id)
    }
  }
}

extension Result where Failure == WebSocketError {
  /// What is left to say once a cancelled task has ended the connection.
  fileprivate static var dropped: Self { .failure(.transport(TransportError(.cancelled))) }
}
