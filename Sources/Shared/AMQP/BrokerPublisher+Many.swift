extension BrokerPublisher {
    /// Publishes every member of `publishings` and returns once all are confirmed.
    ///
    /// - Parameter limit: publishings under way, so that a lazy sequence is never held in memory as a whole.
    public func publish(
        all publishings: some Sequence<Publishing>, atOnce limit: Int = 16
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var underWay = 0
            for publishing in publishings {
                if underWay == limit {
                    try await group.next()
                    underWay -= 1
                }
                group.addTask {
                    await FailPoint.reach(.publish)
                    try await publish(publishing)
                }
                underWay += 1
            }
            try await group.waitForAll()
        }
    }
}
