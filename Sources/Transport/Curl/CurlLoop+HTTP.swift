extension CurlLoop {
  /// Starts an exchange. It ends when the lease is dropped, if not before.
  func start(
    _ request: HTTPRequest, to target: RequestTarget, settings: ConnectionSettings, isTraced: Bool = false
  ) throws(TransportError) -> TransferHandle {
    add(.exchange(try HTTPTransfer(request, to: target, settings: settings, isTraced: isTraced)))
  }

  /// Waits for the head of the response. Cancelling the task ends the exchange.
  func head(of lease: TransferHandle) async -> HTTPTransfer.HeadResult {
    await answer { loop, reader in
      if let exchange = loop.exchange(lease) { exchange.readHead(reader) } else { reader.resume(returning: .dropped) }
    } onCancel: { loop in
      loop.drop(lease.id)
    }
  }

  /// Waits for bytes of the body; nil is the end. Cancelling the task ends the exchange.
  func chunk(of lease: TransferHandle) async -> HTTPTransfer.ChunkResult {
    await answer { loop, reader in
      if let exchange = loop.exchange(lease) { exchange.readChunk(reader) } else { reader.resume(returning: .dropped) }
    } onCancel: { loop in
      loop.drop(lease.id)
    }
  }
}

extension Result where Failure == TransportError {
  /// What is left to say once a cancelled task has ended the exchange.
  fileprivate static var dropped: Self { .failure(TransportError(.cancelled)) }
}
