import Shared

/// What a replay sent, or would send.
struct ReplayReport: Sendable {
    let replay: String
    let queue: String
    let isDryRun: Bool
    var messages = 0
    /// Bodies that cannot be decoded; they would only come back as dead letters.
    var unreadable = 0
    private var documentIDs: Set<String> = []

    init(replay: String, queue: String, isDryRun: Bool) {
        self.replay = replay
        self.queue = queue
        self.isDryRun = isDryRun
    }

    var documents: Int { documentIDs.count }

    mutating func add(_ selection: ReplayFilter.Selection) {
        messages += 1
        documentIDs.formUnion(selection.documentIDs)
    }

    var text: String {
        guard messages > 0 else { return "Nothing in the journal matches" + (unreadable > 0 ? remark : ".") }
        let content = "\(messages) messages with \(documents) documents"
        let outcome =
            isDryRun
            ? "\(content) would be sent to \(queue); nothing was sent" : "\(content) sent to \(queue) as \(replay)"
        return outcome + (unreadable > 0 ? remark : ".")
    }

    private var remark: String { "; \(unreadable) messages cannot be decoded and are left out." }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("messages", messages)
            writer.member("documents", documents)
            if !isDryRun { writer.member("replay", replay) }
        }
        return writer.bytes
    }
}
