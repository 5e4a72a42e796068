import FuzzTargets
import Glibc

/// The entry point of libFuzzer. `FUZZ_TARGET` selects the target.
@_cdecl("LLVMFuzzerTestOneInput")
package func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  if let broken = target.broken(by: Array(UnsafeBufferPointer(start: bytes, count: count))) { fatalError(broken) }
  return 0
}

private let target: FuzzTarget = {
  guard let name = getenv("FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name)) else {
    fatalError("FUZZ_TARGET names none of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  return target
}()
