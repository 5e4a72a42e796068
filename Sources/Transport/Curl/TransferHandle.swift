/// What keeps an exchange or a connection alive: when the last owner of the lease is gone, the loop closes it.
final class TransferHandle: Sendable {
  let id: Int
  let loop: CurlLoop

  init(id: Int, loop: CurlLoop) {
    self.id = id
    self.loop = loop
  }

  deinit {
    Task { [loop, id] in await loop.drop(id) }
  }
}
