import ConfigLoader
import Doctor
import Gateway
import OpenTelemetry

/// The variables that only `gateway start` uses: where to listen, how to log, and where to send traces.
enum StartVariables {
  /// Returns a check for each of them that is wrong.
  static func checks(_ environment: Environment) -> [DoctorCheck] {
    var checks: [DoctorCheck] = []
    do throws(ListenVariableError) {
      _ = try ListenAddress(variables: environment.variables)
    } catch {
      checks.append(.wrong(.settings, error.problem, remedy: [error.reason.remedy.sentence]))
    }
    do throws(LogFormatError) {
      _ = try LogFormat(nil, environment)
    } catch {
      checks.append(.wrong(.settings, error.problem, remedy: [error.remedy.sentence]))
    }
    do throws(ExportSettingsError) {
      _ = try ExportSettings.read(environment.variables)
    } catch {
      checks += error.problems.map {
        .warning(.settings, "traces are not exported: \($0)", remedy: ["Correct the variable, or unset it."])
      }
    }
    return checks
  }
}

extension ListenAddress {
  fileprivate static let variable = "EDGECRAB_LISTEN"

  /// Reads the address of EDGECRAB_LISTEN; `nil` if it is not set.
  init?(variables: [String: String]) throws(ListenVariableError) {
    guard let value = variables[Self.variable], !value.isEmpty else { return nil }
    do throws(ParseError) {
      try self.init(value)
    } catch {
      throw ListenVariableError(reason: error)
    }
  }
}

/// The value of EDGECRAB_LISTEN is not an address.
struct ListenVariableError: Error, CustomStringConvertible {
  let reason: ListenAddress.ParseError

  var problem: String { "\(ListenAddress.variable): \(reason.problem)" }
  var description: String { "\(ListenAddress.variable): \(reason)" }
}
