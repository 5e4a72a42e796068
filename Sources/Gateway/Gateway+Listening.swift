import AgentSessions
import Logging
import MattermostIO

extension Gateway {
  /// Takes in what the server says until the task is cancelled, or returns why it can not go on.
  func listen(_ onConnected: @escaping @Sendable () -> Void) async -> GatewayError? {
    let listener = SocketListener(
      intake: intake, catchUp: catchUp, connection: connection, rounds: rounds, suspicion: tokenWatch.alarm,
      onConnected: onConnected, logger: logger)
    let rounds = Poller(
      catchUp: catchUp, intake: intake, connection: connection, alarm: self.rounds, rhythm: rhythm,
      onConnected: onConnected, renewSocket: renewSocket, logger: logger)
    return await withTaskGroup(of: GatewayError?.self) { group in
      group.addTask {
        while !Task.isCancelled { await connect(listener) }
        return nil
      }
      group.addTask {
        await rounds.run()
        return nil
      }
      group.addTask {
        while (try? await Task.sleep(for: rhythm.cursors)) != nil {
          // While nothing comes, the cursors stay behind what came, so that its surroundings are read once more.
          if await connection.mode != .none { await intake.keepCursors() }
        }
        return nil
      }
      group.addTask { await tokenWatch.run().map(GatewayError.mattermost) }
      group.addTask { await watchStore().map(GatewayError.store) }
      let first = await group.next() ?? nil
      group.cancelAll()
      await listener.end()
      // The socket may be waiting for room for the last event that it handed over.
      for (lanes, _) in lanes { await lanes.removeCapacity() }
      return first
    }
  }

  /// Looks after the files in edgecrab's folder until the task is cancelled, or returns why the gateway must end: another
  /// store has taken the place of its own.
  private func watchStore() async -> StoreError? {
    while (try? await Task.sleep(for: rhythm.storeCheck)) != nil {
      if case .replaced(let error) = await store.check() { return error }
      await keeper.keepIfMissing()
    }
    return nil
  }

  /// Keeps an event socket until a new one is asked for, or the task is cancelled.
  private func connect(_ listener: SocketListener) async {
    await withTaskGroup { group in
      group.addTask { await socket.run { await listener.hear($0) } }
      group.addTask { for await _ in renewals { break } }
      await group.next()
      group.cancelAll()
    }
  }
}
