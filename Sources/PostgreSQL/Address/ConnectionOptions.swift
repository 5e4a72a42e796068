internal import CPostgres

/// The options of a connection that are not empty, by libpq's names.
struct ConnectionOptions {
  /// A host of the address: a name or an IP address, or the folder of a Unix socket.
  struct Host: Equatable {
    let name: String
    /// Empty for the default.
    let port: String
  }

  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// Copies libpq's list, which ends with an option without a name.
  init(_ options: UnsafePointer<PQconninfoOption>) {
    var values: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val, value.pointee != 0 {
        values[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    self.values = values
  }

  subscript(_ name: String) -> String? { values[name] }

  /// The hosts in their order. Each has a port of its own, or all have the same.
  var hosts: [Host] {
    let names = Self.list(values["host"])
    let addresses = Self.list(values["hostaddr"])
    let ports = Self.list(values["port"])
    return (0..<max(names.count, addresses.count)).map { index in
      let name = names[safe: index] ?? ""
      return Host(
        name: name.isEmpty ? addresses[safe: index] ?? "" : name, port: ports[safe: ports.count == 1 ? 0 : index] ?? "")
    }
  }

  /// Returns `host`, `hostaddr` and `port` without a host, or `nil` if no other is left.
  func parameters(without host: Host) -> [String: String]? {
    let hosts = hosts
    guard let index = hosts.firstIndex(where: { $0.name == host.name && ($0.port.isEmpty || $0.port == host.port) }),
      hosts.count > 1
    else { return nil }
    var parameters: [String: String] = [:]
    for name in ["host", "hostaddr", "port"] {
      var list = Self.list(values[name])
      guard list.count == hosts.count else { continue }
      list.remove(at: index)
      parameters[name] = list.joined(separator: ",")
    }
    return parameters
  }

  private static func list(_ value: String?) -> [String] {
    value?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
