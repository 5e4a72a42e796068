import FoundationEssentials
import Processes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The figures of this process that Prometheus' own libraries report. See proc(5).
struct ProcessFigures: Sendable, Equatable {
  var cpuSeconds: Double
  var residentBytes: Int
  var virtualBytes: Int
  var descriptors: Int
  var descriptorsMax: Int
  /// In seconds since 1970.
  var startedAt: Double

  /// The figures now, or `nil` if the system does not show them.
  static var current: ProcessFigures? {
    guard let stat = text("/proc/self/stat"),
      let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    else { return nil }
    return ProcessFigures(
      stat: stat, bootedAt: seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME),
      ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)),
      pageBytes: sysconf(Int32(_SC_PAGESIZE)),
      // One is that of the folder itself.
      descriptors: max(0, descriptors.count - 1))
  }

  /// Reads `/proc/self/stat`.
  ///
  /// - Parameter bootedAt: seconds since 1970; `/proc/stat` has it, too, but not for a confined service.
  init?(stat: String, bootedAt: Double, ticksPerSecond: Int, pageBytes: Int, descriptors: Int) {
    // The name of the program, in parentheses, may contain spaces and parentheses.
    guard let nameEnd = stat.lastIndex(of: ")"), ticksPerSecond > 0 else { return nil }
    // The first one is the third of proc(5), the state.
    let fields = stat[nameEnd...].dropFirst().split(whereSeparator: \.isWhitespace)
    func number(_ field: Int) -> Int? { fields.indices.contains(field - 3) ? Int(fields[field - 3]) : nil }
    guard let user = number(14), let kernel = number(15), let start = number(22), let virtual = number(23),
      let pages = number(24)
    else { return nil }
    cpuSeconds = Double(user + kernel) / Double(ticksPerSecond)
    startedAt = bootedAt + Double(start) / Double(ticksPerSecond)
    virtualBytes = virtual
    residentBytes = pages * pageBytes
    self.descriptors = descriptors
    descriptorsMax = DescriptorLimit.current
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
