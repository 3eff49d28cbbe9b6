public import Logging
import Synchronization

/// Keeps what is logged, as text, and lets a test wait for it.
public final class LogRecorder: Sendable {
    private let recorded = Mutex<[String]>([])
    private let (stream, continuation) = AsyncStream.makeStream(of: String.self)

    public init() {}

    /// Every line so far: level, message and metadata.
    public var lines: [String] { recorded.withLock { $0 } }

    public var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    /// Waits for a line with all these words that no earlier wait has passed. Give the test a time limit.
    public func wait(for words: String...) async {
        for await line in stream where words.allSatisfy(line.contains) { return }
    }

    fileprivate func record(_ line: String) {
        recorded.withLock { $0.append(line) }
        continuation.yield(line)
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            recorder.record("\(event.level) \(event.message) \(all)")
        }
    }
}
