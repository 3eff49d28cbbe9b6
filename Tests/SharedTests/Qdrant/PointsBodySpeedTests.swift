import Shared
import Testing

@Suite struct PointsBodySpeedTests {
    /// Reported, not gated: timings depend on the machine. In release about a millisecond is expected.
    @Test func reportsTheTimeOf64Points() throws {
        let vectors = (0..<64).map { _ in (0..<384).map { _ in Float.random(in: -0.2...0.2) } }
        let text = String(repeating: "Words of a chunk, ", count: 60)
        var best = Duration.seconds(1)
        var size = 0
        for _ in 0..<50 {
            best = min(
                best,
                ContinuousClock().measure {
                    var body = PointsBody(reservingPoints: 64)
                    for vector in vectors {
                        body.append(id: PointID(bytes: [UInt8](repeating: 1, count: 16))!, vector: vector) { writer in
                            writer.object { $0.member("content", text) }
                        }
                    }
                    size = body.bytes.count
                })
        }
        print("64 points x 384: \(best), \(size) bytes")
        #expect(size > 64 * 384)
    }
}
