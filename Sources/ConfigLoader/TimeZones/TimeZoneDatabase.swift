import FoundationEssentials
import Glibc
import RuleEngine

/// The time zones of the machine's tz database, loaded on demand and cached.
struct TimeZoneDatabase: Sendable {
  private let folder: String
  /// The source of the machine's zone.
  private let machine: Machine
  private var tables: [String: Result<TimeZoneTable, TimeZoneError>] = [:]

  private var nameOfMachine: Result<String, TimeZoneError>?
  /// The names of all zones, in alphabetical order.
  private(set) lazy var names: [String] = findNames()

  private enum Machine {
    /// The value of `TZ`.
    case name(String)
    /// A path in `TZ`.
    case file(String)
    /// The file that applies if `TZ` is not set.
    case localTime(String)
  }

  /// - Parameters:
  ///   - environment: `TZDIR` is the folder of the compiled zones, `TZ` the machine's zone, as for the C library.
  ///   - machineZone: the name of the machine's zone; overrides the machine's settings.
  ///   - localTime: the file of the machine's zone if `TZ` is not set: a link to a compiled zone, or a copy of one.
  init(environment: [String: String], machineZone: String? = nil, localTime: String = "/etc/localtime") {
    let folder = environment["TZDIR"] ?? ""
    self.folder = folder.isEmpty ? "/usr/share/zoneinfo" : folder
    guard let name = machineZone ?? environment["TZ"] else {
      machine = .localTime(localTime)
      return
    }
    let zone = name.hasPrefix(":") ? String(name.dropFirst()) : name
    machine = zone.hasPrefix("/") ? .file(zone) : .name(zone)
  }

  /// Returns the table of a zone by its IANA name.
  mutating func table(_ name: String) throws(TimeZoneError) -> TimeZoneTable {
    let result: Result<TimeZoneTable, TimeZoneError>
    if let known = tables[name] {
      result = known
    } else {
      do throws(TimeZoneError) { result = .success(try read(name)) } catch { result = .failure(error) }
      tables[name] = result
    }
    return try result.get()
  }

  /// Returns the table of the machine's zone, for a `time` without a zone.
  mutating func ofMachine() throws(TimeZoneError) -> TimeZoneTable {
    let result: Result<String, TimeZoneError>
    if let nameOfMachine {
      result = nameOfMachine
    } else {
      do throws(TimeZoneError) { result = .success(try findNameOfMachine()) } catch { result = .failure(error) }
      nameOfMachine = result
    }
    return try table(result.get())
  }

  private mutating func findNameOfMachine() throws(TimeZoneError) -> String {
    switch machine {
    case .name(""): return TimeZoneTable.utc.name
    case .name(let name):
      guard try isZone(name) else { throw .machineUnknown("TZ is \(quoted(name)), which is not a time zone") }
      return name
    case .file(let path):
      guard let name = try name(ofFile: path) else {
        throw .machineUnknown("TZ is \(quoted(path)), which does not exist")
      }
      return name
    case .localTime(let path):
      // Without the file the C library's clocks are UTC.
      return try name(ofFile: path) ?? TimeZoneTable.utc.name
    }
  }

  private mutating func isZone(_ name: String) throws(TimeZoneError) -> Bool {
    do throws(TimeZoneError) {
      _ = try table(name)
      return true
    } catch .unknown {
      return false
    }
  }

  private func findNames() -> [String] {
    var names: [String] = []
    findNames(below: "", &names)
    return names
  }

  private func findNames(below area: String, _ names: inout [String]) {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(area)")) ?? []
    for name in entries.sorted().map({ area + $0 }) where name.isZoneName && names.count < Limits.zonesMax {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) else { continue }
      if isFolder { findNames(below: name + "/", &names) } else { names.append(name) }
    }
  }

  private mutating func read(_ name: String) throws(TimeZoneError) -> TimeZoneTable {
    // UTC needs no database.
    if name == "UTC" || name == "Etc/UTC" { return TimeZoneTable(name: name, changes: []) }
    guard name.isZoneName else { throw .unknown }
    let path = "\(folder)/\(name)"
    guard let bytes = try bytes(path) else { throw names.isEmpty ? .noDatabase(folder) : .unknown }
    do throws(TZifFile.Problem) {
      return TimeZoneTable(name: name, changes: try TZifFile(bytes).changes)
    } catch {
      throw .unreadable(path, error.reason)
    }
  }

  /// Returns the bytes of a file, or `nil` if it does not exist.
  private func bytes(_ path: String) throws(TimeZoneError) -> [UInt8]? {
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try FileBytes.read(path, max: Limits.zoneFileBytesMax + 1).bytes
    } catch {
      if error == .missing || error == .isDirectory { return nil }
      throw .unreadable(path, error.reason)
    }
    guard bytes.count <= Limits.zoneFileBytesMax else { throw .unreadable(path, "larger than any zone") }
    return bytes
  }

  /// Returns the name of the zone that a file links to or is a copy of, as in a container, or `nil` if it does not
  /// exist.
  private mutating func name(ofFile path: String) throws(TimeZoneError) -> String? {
    let links = [readlink(path), realpath(path)].compactMap(\.self)
    for name in links.compactMap(\.zoneName) where try isZone(name) { return name }
    guard let copy = try bytes(path) else { return nil }
    if names.isEmpty { throw .noDatabase(folder) }
    for name in names where (try? bytes("\(folder)/\(name)")) == copy { return name }
    throw .machineUnknown("\(quoted(path)) is not a copy of a zone in \(quoted(folder))")
  }

  private func readlink(_ path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }

  private func realpath(_ path: String) -> String? {
    guard let real = Glibc.realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}

/// The reason why a zone cannot be used.
enum TimeZoneError: Error, Equatable {
  /// No zone has this name.
  case unknown
  /// This folder has no zones.
  case noDatabase(String)
  /// The file of the zone, and the reason why it cannot be used.
  case unreadable(String, String)
  /// The machine's zone cannot be determined.
  case machineUnknown(String)
}

extension TZifFile.Problem {
  /// The problem, as the end of a sentence about the file.
  fileprivate var reason: String {
    switch self {
    case .notCompiled: "not a compiled zone"
    case .malformed: "damaged"
    case .version1: "of a version that ends in 2037"
    case .leapSeconds: "a zone that counts leap seconds"
    }
  }
}

extension TimeZoneTable {
  static let utc = TimeZoneTable(name: "UTC", changes: [])
}

extension String {
  /// Indicates whether this is a possible name of the tz database: parts of letters, digits, `_`, `-` and `+`, so that
  /// the path stays in the folder. Other files there, and the copies in `posix` and `right`, are not zones.
  fileprivate var isZoneName: Bool {
    let parts = split(separator: "/", omittingEmptySubsequences: false)
    return parts.count <= Limits.zoneNamePartsMax && utf8.count <= Limits.zoneNameBytesMax
      && !["posix", "right"].contains(parts[0])
      && !["Factory", "leapseconds", "localtime", "posixrules"].contains(self)
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"):
              true
            default: false
            }
          }
      }
  }

  /// The zone with this path, or `nil` if it is not a path of a zone.
  fileprivate var zoneName: String? {
    guard let folder = ranges(of: "zoneinfo/").last else { return nil }
    let name = self[folder.upperBound...]
    let zone = String(name.hasPrefix("posix/") ? name.dropFirst("posix/".count) : name)
    return zone.isZoneName ? zone : nil
  }
}
