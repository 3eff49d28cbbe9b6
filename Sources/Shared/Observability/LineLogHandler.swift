public import Logging

/// Writes every log event as one line on standard error, with one write(2), above live progress.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let service: String
    private let format: LogSettings.Format
    private let streams: StandardStreams
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - label: of the logger.
    ///   - service: the program's name, on every line.
    public init(label: String, service: String, settings: LogSettings) {
        self.init(label: label, service: service, settings: settings, streams: .shared, clock: { .now })
    }

    init(
        label: String, service: String, settings: LogSettings, streams: StandardStreams,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.label = label
        self.service = service
        self.streams = streams
        self.clock = clock
        logLevel = settings.level
        format = settings.format
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        // The nearest wins: the event's own over the logger's over the provider's.
        var merged = metadataProvider?.get() ?? [:]
        merged.merge(metadata) { $1 }
        if let error = event.error { merged[LogKey.errorDetail] = "\(error)" }
        if let own = event.metadata { merged.merge(own) { $1 } }
        let line = encode(event.level, "\(event.message)", merged)
        streams.writeErrorLine(line) { lost in
            encode(
                .warning, "Log lines were dropped because nobody read them",
                [LogKey.lostLines: .stringConvertible(lost)])
        }
    }

    private func encode(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> [UInt8] {
        let record = LogRecord(
            time: clock(), level: level, logger: label, service: service, message: message, metadata: metadata)
        return record.line { record, limit in
            switch format {
            case .json: JSONLogLine.encode(record, limit: limit)
            case .text: TextLogLine.encode(record, limit: limit, terminal: streams.errorTerminal)
            }
        }
    }
}
