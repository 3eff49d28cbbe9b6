/// How long the journal keeps publishings, and how much of them: what is over either limit goes.
public struct JournalRetention: Sendable, Equatable {
    /// The range of ``bytes``: below, a segment would hold few messages; above, a segment of a sixteenth would be larger
    /// than RabbitMQ takes.
    public static let byteRange = (16 << 20)...(1 << 40)

    public var age: StreamAge
    /// Bytes on each node's disk.
    public var bytes: Int

    public init(age: StreamAge = .sevenDays, bytes: Int = 2 << 30) {
        self.age = age
        self.bytes = bytes
    }

    /// The size past which a new file is begun. Retention drops whole files and never the newest: a sixteenth lets the journal
    /// shrink in small steps, and 64 MiB are enough even for a large one.
    public var segmentBytes: Int { min(64 << 20, bytes / 16) }
}
