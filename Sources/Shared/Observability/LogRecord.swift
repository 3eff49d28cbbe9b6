import Logging

/// One log event with everything it says, before it becomes bytes.
struct LogRecord {
    var time: Timestamp
    var level: Logger.Level
    /// Label of the logger: the part of the program that speaks.
    var logger: String
    /// Name of the program.
    var service: String
    var message: String
    var metadata: Logger.Metadata

    /// Encodes with values of at most 1 kB, and with shorter ones where the line would grow past what a pipe takes at
    /// once; beyond that, entries are left out from the end.
    ///
    /// - Parameter encode: makes the line from a record and a limit for each value.
    func line(_ encode: (LogRecord, Int) -> [UInt8]) -> [UInt8] {
        let full = encode(self, 1024)
        guard full.count >= LineSink.atomicSize else { return full }
        var short = self
        while true {
            let line = encode(short, 128)
            guard line.count >= LineSink.atomicSize, let last = short.metadata.keys.max() else { return line }
            short.metadata[last] = nil
        }
    }
}
