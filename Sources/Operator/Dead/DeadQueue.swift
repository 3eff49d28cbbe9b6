import Logging
import Shared

/// A dead-letter queue, read from front to back without taking anything out.
///
/// Letters are held unsettled until the pass is over, so that the broker gives none twice, and go back when the connections
/// close. A consumer of a quorum queue holds 2000 at most (https://www.rabbitmq.com/docs/quorum-queues), so a longer queue
/// takes several. Going back counts as a delivery on RabbitMQ 4.0 to 4.2: dead-letter queues need a delivery limit that
/// nobody reaches, or the broker drops letters that were looked at 20 times.
struct DeadQueue: Sendable {
    private static let mostPerConsumer = 2000
    /// The broker sends faster than a slow visitor publishes, and what a consumer may hold waits in memory: few at first,
    /// which is all that a pass needs that takes every letter out, more as letters stay.
    private static let slowly = (first: 32, most: 256)
    /// Letters handed to the visitor at once, up to 8 MiB each.
    private static let batch = 16

    let stage: Topology.Stage
    let broker: Broker
    let logger: Logger
    /// Those of this program; of another one the broker tells.
    private let turns = Turns()

    init(stage: Topology.Stage, broker: Broker, logger: Logger) {
        self.stage = stage
        self.broker = broker
        self.logger = logger
    }

    var name: String { broker.topology.deadQueue(stage) }

    /// Hands every letter that is there now to `body`, each once, in batches.
    ///
    /// Letters that come meanwhile are left for the next pass: one that is replayed and dies again is not replayed for ever.
    /// - Parameters:
    ///   - isSlow: whether `body` waits for others.
    ///   - body: false ends the pass.
    /// - Throws: `unavailable` also when somebody else reads the queue: what they hold could not be seen.
    func visit(isSlow: Bool = false, _ body: ([HeldLetter]) async throws -> Bool) async throws {
        await turns.enter()
        do {
            try await visitAlone(isSlow: isSlow, body)
            await turns.leave()
        } catch {
            await turns.leave()
            throw error
        }
    }

    private func visitAlone(isSlow: Bool, _ body: ([HeldLetter]) async throws -> Bool) async throws {
        var remaining = try await present()
        var identities = LetterIdentities()
        var holds: [HeldLetter.Hold] = []
        var most = isSlow ? Self.slowly.first : Self.mostPerConsumer
        let result: Result<Void, any Error>
        do {
            var goesOn = true
            while goesOn, remaining > 0 {
                let prefetch = min(most, remaining)
                if isSlow { most = min(most * 2, Self.slowly.most) }
                let hold = HeldLetter.Hold(consumer(prefetch))
                holds.append(hold)
                try await hold.consumer.connect()
                goesOn = try await visit(hold, prefetch, &remaining, &identities, body)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for hold in holds { await hold.consumer.close() }
        try await waitUntilBack(holds.reduce(0) { $0 + $1.count })
        try result.get()
    }

    /// Visits until the consumer can hold no more.
    ///
    /// - Returns: whether there may be more.
    private func visit(
        _ hold: HeldLetter.Hold, _ prefetch: Int, _ remaining: inout Int, _ identities: inout LetterIdentities,
        _ body: ([HeldLetter]) async throws -> Bool
    ) async throws -> Bool {
        let activity = Activity()
        var letters: [HeldLetter] = []
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await stopWhenEmpty(hold.consumer, activity) }
            defer { group.cancelAll() }
            for try await delivery in hold.consumer.deliveries {
                activity.began()
                defer { activity.ended() }
                guard delivery.connection == 1 else {
                    throw BrokerError(
                        .connectionLost, "the connection was lost while reading queue \(name); run the command again")
                }
                hold.took()
                remaining -= 1
                let (id, isCopy) = identities.identify(delivery)
                letters.append(
                    HeldLetter(
                        letter: Letter(delivery, id: id, stage: stage), isCopy: isCopy, delivery: delivery, hold: hold))
                // The broker sends no more while the consumer holds its most.
                guard letters.count == Self.batch || hold.count >= prefetch || remaining == 0 else { continue }
                guard try await body(letters) else { return false }
                letters = []
                if hold.count >= prefetch || remaining == 0 { return true }
            }
            if !letters.isEmpty { _ = try await body(letters) }
            try await group.waitForAll()
            throw BrokerError(
                .unavailable,
                "queue \(name) held \(remaining) letters less than it said: somebody else read it meanwhile; run the command again"
            )
        }
    }

    private func stopWhenEmpty(_ consumer: Consumer, _ activity: Activity) async throws {
        do {
            while true {
                // No signal tells that nothing more will come.
                try await Task.sleep(for: .seconds(1))
                guard let idle = activity.idleTime, idle >= .seconds(1) else { continue }
                if try await consumer.queueDepth().messages == 0 { break }
            }
        } catch {
            await consumer.stop()
            throw error
        }
        await consumer.stop()
    }

    private func consumer(_ prefetch: Int) -> Consumer {
        Consumer(
            settings: broker.settings, queue: name, prefetch: prefetch, name: broker.connectionName("dead"),
            logger: logger)
    }

    /// How many letters there are, once nobody else reads the queue. One that was killed a moment ago may still hold some.
    private func present() async throws -> Int {
        let name = name
        return try await BrokerConnection.with(broker.settings, name: broker.connectionName("dead")) {
            connection throws(BrokerError) in
            let deadline = ContinuousClock.now + .seconds(10)
            while true {
                let depth = try await connection.verifyQueue(name)
                if depth.consumers == 0 { return depth.messages }
                guard ContinuousClock.now < deadline else {
                    throw BrokerError(
                        .unavailable, "somebody else reads queue \(name), another `ohra dead` perhaps; wait for its end"
                    )
                }
                // AMQP does not tell when a consumer leaves.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// A closed connection's letters are back in their queue a moment later: whoever looks next must see them.
    private func waitUntilBack(_ count: Int) async throws {
        guard count > 0 else { return }
        let name = name
        try await BrokerConnection.with(broker.settings, name: broker.connectionName("dead")) {
            connection throws(BrokerError) in
            let deadline = ContinuousClock.now + .seconds(3)
            while try await connection.verifyQueue(name).messages < count, ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}
