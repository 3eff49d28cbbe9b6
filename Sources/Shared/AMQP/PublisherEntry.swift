/// One publishing on its way, from `publish` to its answer.
struct PublisherEntry {
    /// Rises from one publishing to the next.
    let number: UInt64
    let publishing: Publishing
    let deadline: ContinuousClock.Instant?
    /// How often the broker has said no to it.
    var refusals = 0

    init(number: UInt64, publishing: Publishing, deadline: ContinuousClock.Instant?) {
        self.number = number
        self.publishing = publishing
        self.deadline = deadline
    }

    var size: Int { publishing.body.count }

    func matches(_ returned: ReturnedPublishing) -> Bool {
        returned
            == ReturnedPublishing(
                exchange: publishing.exchange, routingKey: publishing.routingKey,
                messageID: publishing.properties.messageID,
                bodySize: size)
    }

    /// Whether a channel error is about this publishing: it names the exchange, or the size the broker accepts.
    func isCulprit(of error: BrokerError) -> Bool {
        switch error.code {
        case .tooLarge:
            // "message size 20 is larger than configured max size 10"
            guard let text = error.message.split(separator: " ").last, let limit = Int(text) else { return false }
            return size > limit
        case .topology, .unauthorized: return error.message.contains("exchange '\(publishing.exchange)'")
        default: return false
        }
    }
}
