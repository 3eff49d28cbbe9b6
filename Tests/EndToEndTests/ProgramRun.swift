import Foundation
import Synchronization

/// One of the fleet's programs as a process of its own.
final class ProgramRun: Sendable {
    struct Output: Sendable {
        let status: Int32
        let stdout: String
        let stderr: String

        /// What a report should show: the whole of a crash, else the last lines.
        var complaint: String { stderr.contains(" crashed:") ? stderr : String(stderr.suffix(2000)) }
    }

    private let process: Process
    private let folder: URL
    private let exit: AsyncStream<Int32>

    /// Starts `name` with the test's environment and `variables` on top.
    ///
    /// - Parameters:
    ///   - binaries: where the program lies; `OHRA_BIN_DIR` when left out.
    ///   - place: the working directory; the test's own when left out.
    init(
        _ name: String, _ arguments: [String], from binaries: URL? = nil, in place: URL? = nil,
        variables: [String: String]
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let binaries = binaries ?? environment["OHRA_BIN_DIR"].map({ URL(filePath: $0) }) else {
            throw MissingEnvironment(name: "OHRA_BIN_DIR")
        }
        folder = FileManager.default.temporaryDirectory.appending(path: "ohra-\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = binaries.appending(path: name)
        if let place { process.currentDirectoryURL = place }
        process.arguments = arguments
        // These tests are about the fleet: vectors that cost nothing, unless a test names others.
        process.environment = environment.merging(["OHRA_EMBEDDING_PROVIDER": "hash"]) { $1 }.merging(variables) { $1 }
        // Files, not pipes: a full pipe would stop the program.
        let output = try Self.file(folder.appending(path: "stdout"))
        let errors = try Self.file(folder.appending(path: "stderr"))
        process.standardOutput = output
        process.standardError = errors
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        exit = stream
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        // Foundation keeps a process, and with it its files, for as long as the tests run.
        try output.close()
        try errors.close()
    }

    deinit {
        if process.isRunning { process.terminate() }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Waits for the end and returns everything that was written.
    func output() async throws -> Output {
        var status: Int32 = -1
        for await code in exit { status = code }
        return Output(
            status: status, stdout: try Self.text(folder.appending(path: "stdout")),
            stderr: try Self.text(folder.appending(path: "stderr")))
    }

    /// Waits until the program has written `text` to standard error; fails when it ends before.
    func waitForStandardError(containing text: String) async throws {
        while true {
            let isOver = !process.isRunning
            if try standardError().contains(text) { return }
            guard !isOver else { throw ProgramEnded(missing: text) }
            // There is no signal for a line in a file.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits for the first line on standard output; fails when the program ends before.
    func firstLine() async throws -> String {
        while true {
            let isOver = !process.isRunning
            let text = try Self.text(folder.appending(path: "stdout"))
            if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
            guard !isOver else { throw ProgramEnded(missing: "a line; \(try standardError().suffix(2000))") }
            // There is no signal for a line in a file.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The most memory the program has had, in bytes, as the kernel counts it until the end.
    func peakMemory() async -> Int {
        var peak = 0
        while process.isRunning {
            // Gone with the process: the last look counts.
            let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            if let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({
                Int($0.trimmingCharacters(in: .whitespaces))
            }) {
                peak = max(peak, kilobytes << 10)
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return peak
    }

    var isRunning: Bool { process.isRunning }

    /// What the program has written to standard error so far.
    func standardError() throws -> String { try Self.text(folder.appending(path: "stderr")) }

    func terminate() { process.terminate() }

    func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    private static func file(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    private static func text(_ url: URL) throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }
}

/// The tests were not started by `make test`.
struct MissingEnvironment: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is not set; run the tests with `make test`" }
}

/// A program ended without having written what was waited for.
struct ProgramEnded: Error {
    let missing: String
}
