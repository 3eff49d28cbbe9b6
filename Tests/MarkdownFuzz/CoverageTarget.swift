import Glibc
import Platforms

/// The format that inputs are taken as, from the environment: one run, one format.
private let format = getenv("OHRA_FUZZ_FORMAT").flatMap { BodyFormat(rawValue: String(cString: $0)) } ?? .storage

/// What libFuzzer calls for each input; dev/markdown/coverage_fuzz.py compiles this, no target of the package does.
@_cdecl("LLVMFuzzerTestOneInput")
public func convertOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = Array(UnsafeBufferPointer(start: start, count: count))
    // A refusal is an answer too.
    guard let markdown = try? BodyConverter.convert(body, from: format) else { return 0 }
    precondition(markdown.utf8.count <= 64 * (count + 64), "the output grew beyond its bound")
    return 0
}
