import ArgumentParser
import Platforms
import Shared

/// Measures throughput in one thread.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Convert each body again and again; print one JSON line with bytes, seconds and MB/s.")

    @Option(help: "Seconds to measure at least.")
    var seconds = 2.0

    @Argument(help: "Lines as for batch.")
    var file: String?

    func run() throws {
        let bodies = try Body.lines(file)
        let size = bodies.reduce(0) { $0 + $1.text.count }
        let clock = ContinuousClock()
        // Best of all rounds: what else runs on the machine only ever slows a round down.
        var best = Duration.seconds(1 << 30)
        var rounds = 0
        var written = 0
        let start = clock.now
        repeat {
            let round = try clock.measure {
                written = 0
                for body in bodies { written += try BodyConverter.convert(body.text, from: body.format).utf8.count }
            }
            best = min(best, round)
            rounds += 1
        } while clock.now - start < .seconds(seconds)
        let total = best / .seconds(1)
        var writer = JSONWriter()
        writer.object { object in
            object.key("bytes")
            object.value(size)
            object.key("markdown_bytes")
            object.value(written)
            object.key("rounds")
            object.value(rounds)
            object.key("seconds")
            object.value(total)
            object.key("megabytes_per_second")
            object.value(Double(size) / total / 1e6)
        }
        print(String(decoding: writer.bytes, as: UTF8.self))
    }
}
