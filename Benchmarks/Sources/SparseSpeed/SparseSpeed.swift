import Embedding
import Glibc
import Shared

/// How fast texts become sparse vectors, in megabytes of UTF-8 per second of one core: the best of several rounds over the
/// files given, in pieces of a chunk's size.
///
///     SparseSpeed FILE…
@main
struct SparseSpeed {
    private static let scalarsPerChunk = 1500
    private static let rounds = 20
    /// Bytes that are worked on in one round, whatever the file's size.
    private static let bytesPerRound = 4 << 20

    static func main() throws {
        guard CommandLine.arguments.count > 1 else {
            print("usage: SparseSpeed FILE…")
            exit(64)
        }
        for path in CommandLine.arguments.dropFirst() {
            let chunks = chunks(of: try CommandInput.text(path))
            let bytes = chunks.reduce(0) { $0 + $1.utf8.count }
            let repeats = max(1, bytesPerRound / bytes)
            var terms = 0
            var best = Duration.seconds(3600)
            for _ in 0..<rounds {
                best = min(
                    best,
                    ContinuousClock().measure {
                        terms = 0
                        var encoder = SparseEncoder()
                        for _ in 0..<repeats {
                            for chunk in chunks { terms += encoder.document(chunk)?.indices.count ?? 0 }
                        }
                    })
            }
            let speed = Double(bytes * repeats) / 1e6 / (best / .seconds(1))
            print("\(path): \(Int(speed.rounded())) MB/s, \(terms / repeats / chunks.count) terms a chunk")
        }
    }

    private static func chunks(of text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        return stride(from: 0, to: scalars.count, by: scalarsPerChunk).map { start in
            var chunk = String.UnicodeScalarView()
            chunk.append(contentsOf: scalars[start..<min(start + scalarsPerChunk, scalars.count)])
            return String(chunk)
        }
    }
}
