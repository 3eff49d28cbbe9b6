extension JournalRetention {
    /// Reads `OHRA_AMQP_JOURNAL_MAX_AGE` and `OHRA_AMQP_JOURNAL_MAX_BYTES`; faults are noted in `reader`.
    init(from reader: inout SettingsReader) {
        self.init()
        if let text = reader.optionalString("OHRA_AMQP_JOURNAL_MAX_AGE") {
            if let age = StreamAge(text) {
                self.age = age
            } else {
                reader.fault(
                    "OHRA_AMQP_JOURNAL_MAX_AGE",
                    "must be a whole number and a unit, such as 7D: Y, M (months), D, h, m (minutes) or s")
            }
        }
        bytes = reader.bytes("OHRA_AMQP_JOURNAL_MAX_BYTES", default: bytes, in: Self.byteRange)
    }
}
