import ArgumentParser
import Glibc
import Platforms
import Shared
import TestSupport

/// Converts spoiled bodies until the time is over; a crash ends the process.
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Convert mutated bodies; report the slowest and the one that grew most.",
        discussion: "After a crash, --last names the file with the body that caused it.")

    @Option var seconds = 10.0
    @Option var seed: UInt64 = 1

    @Option(help: "Where each body is written before it is converted.")
    var last: String?

    @Argument(help: "Seeds: lines as for batch.")
    var file: String?

    func run() throws {
        let bodies = try Body.lines(file)
        guard !bodies.isEmpty else { throw InputError("no seeds") }
        var mutator = TextMutator(seed: seed, pieces: MarkupPieces.all)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var count = 0
        var refused = 0
        var slowest = (nanoseconds: 0.0, size: 0)
        var largest = (ratio: 0.0, size: 0)
        while clock.now < end {
            let seed = bodies[Int.random(in: 0..<bodies.count, using: &mutator)]
            let other = bodies[Int.random(in: 0..<bodies.count, using: &mutator)]
            let text = mutator.mutate(seed.text, with: other.text)
            if let last { try write(text, to: last) }
            var written = 0
            let time = clock.measure {
                do { written = try BodyConverter.convert(text, from: seed.format).utf8.count } catch { refused += 1 }
            }
            count += 1
            // Below a kilobyte the clock and fixed costs say more than the converter.
            let size = max(text.count, 1024)
            let nanoseconds = time / .nanoseconds(1) / Double(size)
            if nanoseconds > slowest.nanoseconds { slowest = (nanoseconds, text.count) }
            if Double(written) / Double(size) > largest.ratio { largest = (Double(written) / Double(size), text.count) }
        }
        print(
            """
            {"bodies":\(count),"refused":\(refused),"slowest_nanoseconds_per_byte":\(slowest.nanoseconds),\
            "slowest_size":\(slowest.size),"largest_growth":\(largest.ratio),"largest_size":\(largest.size)}
            """)
    }

    private func write(_ text: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw InputError("\(path) cannot be written") }
        defer { close(descriptor) }
        guard text.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == text.count else {
            throw InputError("\(path) cannot be written")
        }
    }
}
