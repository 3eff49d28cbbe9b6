import ArgumentParser
import Chunking
import Glibc
import Shared

/// The chunkers at work on many texts: for `dev/compare/chunk_speed.py`.
struct ChunkLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk-lab",
        abstract:
            "Cut every text of a JSON array; print one JSON line with bytes, chunks, their digest and the CPU time.")

    @Option(help: "recursive or markdown.")
    var strategy = "recursive"
    @Option var size = 1500
    @Option var overlap = 300
    @Option(help: "The best of so many rounds counts.")
    var rounds = 3

    @Argument(help: "A file; standard input when left out.")
    var file: String?

    func run() throws {
        guard let texts = try JSONElement(parsing: CommandInput.bytes(file)).array?.compactMap(\.string) else {
            throw InputError("no JSON array of texts")
        }
        guard let strategy = ChunkSettings.Strategy(rawValue: strategy) else { throw InputError("no such strategy") }
        let chunker = makeChunker(
            try ChunkSettings(strategy: strategy, sizeInScalars: size, overlapInScalars: overlap))
        var best = Double.infinity
        var count = 0
        for _ in 0..<max(1, rounds) {
            let start = Self.threadSeconds()
            count = 0
            // As a program that keeps them: every chunk's text is made.
            for text in texts { count += Array(chunker.chunks(of: text)).count }
            best = min(best, Self.threadSeconds() - start)
        }
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        var contents: [UInt8] = []
        contents.reserveCapacity(bytes * 3 / 2)
        for text in texts {
            for chunk in chunker.chunks(of: text) {
                contents += chunk.content.utf8
                contents.append(0)
            }
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("bytes", bytes)
            writer.member("chunks", count)
            writer.member("digest", ContentHash.hex(contents))
            writer.key("seconds")
            writer.value(best)
            writer.member("peak_megabytes", ProcessMemory.peakResidentBytes >> 20)
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
