import ArgumentParser
import Glibc
import Platforms
import Shared

/// Measures throughput in one thread.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Convert each body again and again; print one JSON line with bytes, seconds of CPU time and MB/s.")

    @Option(help: "Seconds to measure at least.")
    var seconds = 2.0

    @Argument(help: "Lines as for batch.")
    var file: String?

    func run() throws {
        let bodies = try Body.lines(file)
        let size = bodies.reduce(0) { $0 + $1.text.count }
        // Best of all rounds, and the time of this thread alone: what else the machine does is not measured.
        var best = Double.infinity
        var rounds = 0
        var written = 0
        let start = Self.threadSeconds()
        repeat {
            let roundStart = Self.threadSeconds()
            written = 0
            for body in bodies { written += try BodyConverter.convert(body.text, from: body.format).utf8.count }
            best = min(best, Self.threadSeconds() - roundStart)
            rounds += 1
        } while Self.threadSeconds() - start < seconds
        var writer = JSONWriter()
        writer.object { object in
            object.key("bytes")
            object.value(size)
            object.key("markdown_bytes")
            object.value(written)
            object.key("rounds")
            object.value(rounds)
            object.key("seconds")
            object.value(best)
            object.key("megabytes_per_second")
            object.value(Double(size) / best / 1e6)
        }
        print(String(decoding: writer.bytes, as: UTF8.self))
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
