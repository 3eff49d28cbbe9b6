import Shared

/// Names the letters of one pass over a dead-letter queue, so that each has an id of its own that stays from pass to pass.
struct LetterIdentities {
    private var counts: [String: Int] = [:]

    /// - Returns: the id, and whether this is the same letter as one before: written twice by a worker that was killed
    ///   between the confirm and the acknowledgement, or by a replay that was.
    mutating func identify(_ delivery: Delivery) -> (id: String, isCopy: Bool) {
        let properties = delivery.properties
        let isOurs = properties.headers[DeadLetter.Header.originalMessage] != nil
        let isBrokers = properties.headers["x-death"] != nil
        let id =
            if let message = properties.messageID, isOurs || properties.headers[DeadLetter.Header.stage] != nil {
                message
            } else {
                DeadLetter.id(originalMessage: properties.messageID ?? "", body: delivery.body)
            }
        let earlier = counts[id, default: 0]
        counts[id] = earlier + 1
        guard earlier > 0 else { return (id, false) }
        if properties.messageID != nil, isOurs || isBrokers { return (id, true) }
        // Foreign messages may share an id and yet be several. Which of equal ones has which number makes no difference.
        return (PointID(namespace: PointIdentity.namespace, name: "\(id)\u{1F}\(earlier)").description, false)
    }
}
