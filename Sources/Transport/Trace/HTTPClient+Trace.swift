extension HTTPClient {
  /// Sends a request over a connection of its own and waits for the whole response, and for what met it on the way.
  package func trace(_ request: HTTPRequest) async -> ConnectionTrace {
    do throws(TransportError) {
      let target = try RequestValidator.target(of: request)
      let lease = try await CurlLoop.shared.start(request, to: target, settings: settings, isTraced: true)
      let result = await Self.response(of: lease)
      return await CurlLoop.shared.trace(of: lease, settings, result)
    } catch {
      return ConnectionTrace(
        reached: .nothing, address: "", proxyVariable: nil, certificateEnd: nil,
        certificateVariables: settings.certificateVariables, result: .failure(error))
    }
  }

  private static func response(of lease: TransferHandle) async -> Result<HTTPResponse, TransportError> {
    do throws(TransportError) {
      let head = try await CurlLoop.shared.head(of: lease).get()
      let stream = HTTPStream(status: head.status, headers: head.headers, lease: lease)
      return .success(try await stream.whole())
    } catch {
      return .failure(error)
    }
  }
}

extension CurlLoop {
  /// What an exchange that is over has met.
  fileprivate func trace(
    of lease: TransferHandle, _ settings: ConnectionSettings, _ result: Result<HTTPResponse, TransportError>
  ) -> ConnectionTrace {
    let exchange = exchange(lease)
    return ConnectionTrace(
      reached: max(exchange?.easy.reached ?? .nothing, Self.reached(result)),
      address: exchange?.easy.remoteAddress ?? "",
      proxyVariable: exchange?.proxyVariables.last { $0.lowercased() != "no_proxy" },
      certificateEnd: exchange?.easy.certificateEnd, certificateVariables: settings.certificateVariables, result: result
    )
  }

  /// How far an exchange with this result came at least: where TLS fails, curl has not noted yet that it is connected.
  private static func reached(_ result: Result<HTTPResponse, TransportError>) -> ConnectionTrace.Stage {
    switch result {
    case .failure(let error) where [.tlsFailed, .certificateRejected, .clientCertificate].contains(error.code):
      .connected
    default: .nothing
    }
  }
}
