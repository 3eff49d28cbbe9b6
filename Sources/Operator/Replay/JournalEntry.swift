import Shared

/// One message of the journal.
struct JournalEntry: Sendable {
    let offset: Int64
    let properties: MessageProperties
    let body: [UInt8]
}
