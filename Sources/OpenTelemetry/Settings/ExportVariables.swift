import Core
import Transport

/// Reads OpenTelemetry's environment variables one by one, and collects what is wrong with them. Empty ones count as
/// absent.
struct ExportVariables {
  private let variables: [String: String]
  private(set) var problems: [String] = []

  init(_ variables: [String: String]) { self.variables = variables.filter { !$0.value.isEmpty } }

  /// Returns the URL for spans, or `nil` if there is none, or it is wrong.
  mutating func url() -> String? {
    // The one for traces is used as it is (OTLP exporter specification, "Endpoint URLs for OTLP/HTTP").
    for (name, path) in [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""), ("OTEL_EXPORTER_OTLP_ENDPOINT", "/v1/traces")] {
      guard let text = variables[name] else { continue }
      do throws(WebAddress.Problem) {
        return try WebAddress(text).text + path
      } catch .userInfo {
        problems.append("\(name) must not contain a user name or a password; use OTEL_EXPORTER_OTLP_HEADERS")
      } catch {
        problems.append("\(name) \(error)")
      }
      return nil
    }
    return nil
  }

  /// Returns whether the variables that switch traces off leave them on.
  mutating func isWanted() -> Bool {
    let disabled = variables["OTEL_SDK_DISABLED"]?.lowercased()
    if disabled == "true" { return false }
    if let disabled, disabled != "false" { problems.append("OTEL_SDK_DISABLED must be true or false") }
    let exporter = variables["OTEL_TRACES_EXPORTER"]
    if exporter == "none" { return false }
    if let exporter, exporter != "otlp" { problems.append("OTEL_TRACES_EXPORTER must be otlp or none") }
    return true
  }

  mutating func checkProtocol() {
    guard let (name, text) = specific("PROTOCOL"), text != "http/json" else { return }
    let shown = text.singleLine(atMost: 40)
    problems.append("\(name) is \(shown), but edgecrab sends http/json only; set it to http/json, or unset it")
  }

  /// Returns the headers, which are `name=value` pairs with percent-encoded values, separated by commas.
  mutating func headers() -> [(name: String, value: Secret)] {
    guard let (name, text) = specific("HEADERS") else { return [] }
    guard let pairs = Self.pairs(text), pairs.count <= Limits.headersMax,
      (try? RequestValidator.validate(pairs)) != nil
    else {
      problems.append("\(name) must be name=value pairs separated by commas, with percent-encoded values")
      return []
    }
    return pairs.map { ($0, Secret($1)) }
  }

  mutating func resource() -> [(name: String, value: String)] {
    var pairs: [(String, String)] = []
    if let text = variables["OTEL_RESOURCE_ATTRIBUTES"] {
      if let read = Self.pairs(text), read.count <= Limits.resourceAttributesMax,
        text.utf8.count <= Limits.resourceBytesMax
      {
        pairs = read
      } else {
        problems.append(
          "OTEL_RESOURCE_ATTRIBUTES must be at most \(Limits.resourceAttributesMax) name=value pairs separated by "
            + "commas, with percent-encoded values")
      }
    }
    let given = Set(pairs.map(\.0))
    if let name = variables["OTEL_SERVICE_NAME"] {
      pairs = [("service.name", name)] + pairs.filter { $0.0 != "service.name" }
    } else if !given.contains("service.name") {
      pairs.insert(("service.name", "edgecrab"), at: 0)
    }
    if !given.contains("service.version") { pairs.append(("service.version", UserAgent.version)) }
    return pairs.map { ($0, $1) }
  }

  mutating func sampler() -> Sampler {
    let share = variables["OTEL_TRACES_SAMPLER_ARG"].map { Double($0) } ?? 1
    let name = variables["OTEL_TRACES_SAMPLER"] ?? "parentbased_always_on"
    guard let sampler = Sampler(named: name, share: share ?? 1) else {
      problems.append("OTEL_TRACES_SAMPLER must be one of \(Sampler.names.joined(separator: ", "))")
      return .always
    }
    if name.hasSuffix("traceidratio"), share.map({ !(0...1).contains($0) }) ?? true {
      problems.append("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1")
    }
    return sampler
  }

  mutating func number(_ name: String, default standard: Int, max: Int) -> Int {
    guard let text = variables[name] else { return standard }
    guard let number = Int(text), (1...max).contains(number) else {
      problems.append("\(name) must be a number from 1 to \(max)")
      return standard
    }
    return number
  }

  mutating func milliseconds(_ name: String, default standard: Int) -> Duration {
    .milliseconds(number(name, default: standard, max: Limits.millisecondsMax))
  }

  /// Returns the time of a variable that exists for traces and for all signals.
  mutating func time(of suffix: String, default standard: Int) -> Duration {
    guard let (name, _) = specific(suffix) else { return .milliseconds(standard) }
    return milliseconds(name, default: standard)
  }

  /// Returns the variable for traces, or the one for all signals.
  private func specific(_ suffix: String) -> (name: String, text: String)? {
    for name in ["OTEL_EXPORTER_OTLP_TRACES_" + suffix, "OTEL_EXPORTER_OTLP_" + suffix] {
      if let text = variables[name] { return (name, text) }
    }
    return nil
  }

  /// Parses pairs; returns `nil` if one is wrong.
  private static func pairs(_ text: String) -> [(String, String)]? {
    var pairs: [(String, String)] = []
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
      guard sides.count == 2, !sides[0].isEmpty, let value = sides[1].percentDecoded else { return nil }
      pairs.append((String(sides[0]), value))
    }
    return pairs
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
