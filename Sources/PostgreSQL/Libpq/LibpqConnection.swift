internal import CPostgres
internal import Core
internal import Glibc
internal import Logging

/// A connection of libpq, for the thread of the connection only.
final class LibpqConnection {
  private let connection: OpaquePointer
  private let logger: Logger
  /// The error with which the server has announced that it ends the connection. It may come while no batch is under way.
  private(set) var fatalError: PostgresError?

  /// Starts to connect. Returns `nil` if there is no memory for it.
  ///
  /// - Parameter parameters: in this order; a later one replaces an earlier one, and an address one of its options.
  init?(_ parameters: [(name: String, value: String)], logger: Logger) {
    let names = parameters.map { strdup($0.name) }
    let values = parameters.map { strdup($0.value) }
    defer { for text in names + values { free(text) } }
    guard
      let connection = PQconnectStartParams(
        names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
    else { return nil }
    self.connection = connection
    self.logger = logger
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
    // Without a receiver, libpq prints notices. `self` lives as long as the connection.
    PQsetNoticeReceiver(
      connection,
      { context, notice in
        guard let context, let notice else { return }
        Unmanaged<LibpqConnection>.fromOpaque(context).takeUnretainedValue().receive(notice: notice)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Tells the server that the connection ends, without waiting for it.
  deinit { PQfinish(connection) }

  private func receive(notice: OpaquePointer) {
    let message = ServerMessage(notice)
    recordEnd(message)
    // Not its words, which may contain what was written in a chat.
    logger.debug("the database sent a notice", metadata: ["sqlstate": "\(message.sqlState ?? "")"])
  }

  /// Records the message if the server ends the connection with it.
  func recordEnd(_ message: ServerMessage) {
    guard message.isFatal else { return }
    fatalError = PostgresError(.connectionLost, message.safeDetail, sqlState: message.sqlState)
  }

  // MARK: Connecting

  /// The socket, which changes while it is connecting, or -1.
  var descriptor: Int32 { PQsocket(connection) }

  /// Goes on connecting. It waits for nothing but the name service (getaddrinfo), if the address has names.
  func advanceConnecting() -> PostgresPollingStatusType { PQconnectPoll(connection) }

  /// The host that libpq is connecting to or is connected to.
  var host: ConnectionOptions.Host {
    ConnectionOptions.Host(
      name: PQhost(connection).map { String(cString: $0) } ?? "",
      port: PQport(connection).map { String(cString: $0) } ?? "")
  }

  /// The options, with those of the environment, the service file and the defaults.
  var options: ConnectionOptions? {
    guard let options = PQconninfo(connection) else { return nil }
    defer { PQconninfoFree(options) }
    return ConnectionOptions(options)
  }

  /// libpq's message about why it could not connect.
  var connectingMessage: String {
    let password = PQpass(connection).map { String(cString: $0) } ?? ""
    // A server that asks for the password itself knows it and may quote it.
    return PQerrorMessage(connection).map { String(cString: $0) }?.redacting([password]) ?? ""
  }

  /// The server's version as a number: 150003 is 15.3.
  var serverVersion: Int { Int(PQserverVersion(connection)) }

  var isTLS: Bool { PQsslInUse(connection) == 1 }

  /// The process of the server that serves this connection.
  var backendID: Int32 { PQbackendPID(connection) }

  /// Returns the value that the server reports of a setting, or `nil` if it does not report that.
  func parameter(_ name: String) -> String? { PQparameterStatus(connection, name).map { String(cString: $0) } }

  // MARK: Sending

  /// Makes sending and receiving return at once, and lets batches be sent before earlier ones are answered.
  func enterPipeline() -> Bool { PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1 }

  /// Leaves the pipeline, for a script. All batches must have been answered.
  func exitPipeline() -> Bool { PQexitPipelineMode(connection) == 1 }

  func sendPreparation(of call: EncodedCall, as name: String) -> Bool {
    PQsendPrepare(connection, name, call.statement.sql, Int32(call.types.count), call.types) == 1
  }

  func sendExecution(of call: EncodedCall, prepared name: String) -> Bool {
    call.withParameters { values, lengths, formats in
      PQsendQueryPrepared(connection, name, Int32(values.count), values, lengths, formats, 1) == 1
    }
  }

  /// Has a statement executed that is not prepared.
  func sendExecution(of call: EncodedCall) -> Bool {
    call.withParameters { values, lengths, formats in
      PQsendQueryParams(
        connection, call.statement.sql, Int32(values.count), call.types, values, lengths, formats, 1) == 1
    }
  }

  /// Ends a batch.
  func sendSync() -> Bool { PQpipelineSync(connection) == 1 }

  func sendScript(_ script: String) -> Bool { PQsendQuery(connection, script) == 1 }

  /// Sends as much as the socket takes. Returns whether bytes are left, or `nil` if the connection has failed.
  func flush() -> Bool? {
    switch PQflush(connection) {
    case 0: false
    case 1: true
    default: nil
    }
  }

  // MARK: Receiving

  /// Reads what has been received, or a part of it. Returns false if the connection has ended; results may have been
  /// read before.
  func read() -> Bool { PQconsumeInput(connection) == 1 }

  /// True if TLS has decrypted more than libpq's buffer took, for which the socket is not ready again.
  var hasUnreadBytes: Bool { edgecrab_pending(connection) > 0 }

  /// False if `nextResult` returns at once.
  var isBusy: Bool { PQisBusy(connection) == 1 }

  /// True if the connection has failed.
  var isBroken: Bool { PQstatus(connection) == CONNECTION_BAD }

  /// True if no transaction is open. Only meaningful if all batches have been answered.
  var isIdle: Bool { PQtransactionStatus(connection) == PQTRANS_IDLE }

  /// Returns the next result, or `nil` if a statement or a script has no more.
  func nextResult() -> LibpqResult? { PQgetResult(connection).map { LibpqResult($0) } }

  /// Makes libpq return the rows of the current statement one by one, so that their number can be bounded.
  func receiveRowsSingly() { PQsetSingleRowMode(connection) }

  func nextNotification() -> PostgresNotification? {
    guard let notification = PQnotifies(connection) else { return nil }
    defer { PQfreemem(notification) }
    return PostgresNotification(
      channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra),
      sender: notification.pointee.be_pid)
  }
}
