import ArgumentParser
import Chunking
import Glibc
import Shared

/// The chunkers at work on many texts, or on one huge one: for `dev/compare/chunk_speed.py`.
struct ChunkLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk-lab",
        abstract: "Cut texts; print one JSON line with bytes, chunks, their digest, CPU time and peak memory.")

    @Option(help: "recursive or markdown.")
    var strategy = "recursive"
    @Option var size = 1500
    @Option var overlap = 300
    @Option(help: "The best of so many rounds counts.")
    var rounds = 3

    @Option(help: "Cut one text of this again and again instead, of --megabytes, and keep no chunk.")
    var unit: String?
    @Option var megabytes = 100

    @Argument(help: "A file with a JSON array of texts; standard input when left out.")
    var file: String?

    func run() throws {
        guard let strategy = ChunkSettings.Strategy(rawValue: strategy) else { throw InputError("no such strategy") }
        let chunker = makeChunker(
            try ChunkSettings(strategy: strategy, sizeInScalars: size, overlapInScalars: overlap))
        if let unit {
            let text = String(repeating: unit, count: megabytes * 1_000_000 / max(1, unit.utf8.count))
            let (seconds, count) = measure { chunker.chunks(of: text).reduce(0) { count, _ in count + 1 } }
            report(bytes: text.utf8.count, chunks: count, seconds: seconds)
        } else {
            guard let texts = try JSONElement(parsing: CommandInput.bytes(file)).array?.compactMap(\.string) else {
                throw InputError("no JSON array of texts")
            }
            // As a program that keeps them: every chunk's text is made.
            let (seconds, count) = measure { texts.reduce(0) { $0 + Array(chunker.chunks(of: $1)).count } }
            var contents: [UInt8] = []
            for text in texts { for chunk in chunker.chunks(of: text) { contents += chunk.content.utf8 + [0] } }
            report(
                bytes: texts.reduce(0) { $0 + $1.utf8.count }, chunks: count, seconds: seconds,
                digest: ContentHash.hex(contents))
        }
    }

    private func measure(_ work: () -> Int) -> (seconds: Double, result: Int) {
        var best = (seconds: Double.infinity, result: 0)
        for _ in 0..<max(1, rounds) {
            let start = Self.threadSeconds()
            let result = work()
            best = (min(best.seconds, Self.threadSeconds() - start), result)
        }
        return best
    }

    private func report(bytes: Int, chunks: Int, seconds: Double, digest: String = "") {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("bytes", bytes)
            writer.member("chunks", chunks)
            writer.member("digest", digest)
            writer.key("seconds")
            writer.value(seconds)
            writer.member("peak_megabytes", ProcessMemory.peakResidentBytes / 1_000_000)
        }
        StandardStreams.shared.print(bytes: writer.bytes)
    }

    /// Of this thread alone: what else the machine does is not measured.
    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

ChunkLab.main()
