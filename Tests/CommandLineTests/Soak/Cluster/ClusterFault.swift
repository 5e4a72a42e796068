import TestSupport

/// A fault of a run of several gateways.
enum ClusterFault: Sendable, Equatable {
  /// A gateway is killed, and started again after some time.
  case kill(gateway: Int, away: Duration)
  /// A gateway is terminated by SIGTERM, and started again after some time.
  case stop(gateway: Int, away: Duration)
  /// A gateway is stopped by SIGSTOP, and goes on after some time.
  case pause(gateway: Int, for: Duration)
  /// Between a gateway and a server, nothing arrives on some ways for some time.
  case cut(gateway: Int, from: ClusterServer, [TCPRelay.Way], for: Duration)
  case database(DatabaseFault)
  case server(ServerFault)
}

/// A server that gateways use, each by a network of its own.
enum ClusterServer: String, Sendable, CaseIterable {
  case database, mattermost
}

/// A failure of the database.
enum DatabaseFault: Sendable, Equatable {
  /// Its processes for all connections are terminated.
  case terminate
  /// It is restarted by its administrator.
  case restart
  /// All its processes are killed, and it is started again.
  case crash
  /// It answers nothing for some time: all its processes are stopped.
  case silence(Duration)
  /// Its disk is slow for some time (`ClusterDatabase.slowDown`).
  case slowDisk(Duration)
}
