public import Shared
import Synchronization

/// A broker in memory: direct exchanges, bindings, queues, prefetch, requeue with the redelivered flag. Keeps to what the
/// conformance suite says of the real one.
public final class MemoryBroker: Sendable {
    struct Message {
        var number: Int
        var publishing: Publishing
        var isRedelivered = false
    }

    struct Queue {
        /// In order of arrival; requeued ones go back to their place.
        var ready: [Message] = []
    }

    struct State {
        var exchanges: Set<String> = []
        var bindings: [String: [String: Set<String>]] = [:]
        var queues: [String: Queue] = [:]
        var consumers: [ObjectIdentifier: MemoryConsumer] = [:]
        var published: [Publishing] = []
        var faults: [BrokerError] = []
        var lastNumber = 0
    }

    let state = Mutex(State())

    public init() {}

    /// With every exchange, queue and binding of `topology`. Time-to-live is not simulated.
    public convenience init(_ topology: Topology) {
        self.init()
        declareExchange(topology.exchange)
        for queue in topology.queues {
            declareQueue(queue.name)
            for key in queue.routingKeys { bind(queue: queue.name, to: topology.exchange, routingKey: key) }
        }
    }

    public func declareExchange(_ name: String) { state.withLock { _ = $0.exchanges.insert(name) } }

    public func declareQueue(_ name: String) {
        state.withLock { if $0.queues[name] == nil { $0.queues[name] = Queue() } }
    }

    public func bind(queue: String, to exchange: String, routingKey: String) {
        state.withLock { _ = $0.bindings[exchange, default: [:]][routingKey, default: []].insert(queue) }
    }

    /// Fails the next publishings with these, one each.
    public func failNextPublishings(with errors: [BrokerError]) { state.withLock { $0.faults += errors } }

    /// Everything accepted so far, in order.
    public var published: [Publishing] { state.withLock { $0.published } }

    /// Bodies that are ready in a queue, oldest first.
    public func bodies(in queue: String) -> [[UInt8]] {
        state.withLock { $0.queues[queue]?.ready.map(\.publishing.body) ?? [] }
    }

    public func publishings(in queue: String) -> [Publishing] {
        state.withLock { $0.queues[queue]?.ready.map(\.publishing) ?? [] }
    }

    public func publisher() -> MemoryPublisher { MemoryPublisher(broker: self) }

    public func consumer(queue: String, prefetch: Int) -> MemoryConsumer {
        let consumer = MemoryConsumer(broker: self, queue: queue, prefetch: prefetch)
        state.withLock { $0.consumers[ObjectIdentifier(consumer)] = consumer }
        return consumer
    }

    fileprivate func accept(_ publishing: Publishing) throws(BrokerError) {
        let result: Result<Void, BrokerError> = state.withLock { state in
            if !state.faults.isEmpty { return .failure(state.faults.removeFirst()) }
            let targets: Set<String>
            if publishing.exchange.isEmpty {
                targets = [publishing.routingKey]
            } else if state.exchanges.contains(publishing.exchange) {
                targets = state.bindings[publishing.exchange]?[publishing.routingKey] ?? []
            } else {
                return .failure(BrokerError(.topology, "no exchange '\(publishing.exchange)'", replyCode: 404))
            }
            let queues = targets.filter { state.queues[$0] != nil }
            guard !queues.isEmpty else {
                return .failure(BrokerError(.unroutable, "no queue is bound for key '\(publishing.routingKey)'"))
            }
            state.published.append(publishing)
            state.lastNumber += 1
            for queue in queues {
                state.queues[queue]?.ready.append(Message(number: state.lastNumber, publishing: publishing))
            }
            return .success(())
        }
        try result.get()
        serve()
    }

    fileprivate func putBack(_ messages: [Message], in queue: String) {
        state.withLock { state in
            for var message in messages {
                message.isRedelivered = true
                let place = state.queues[queue]?.ready.firstIndex { $0.number > message.number }
                let end = state.queues[queue]?.ready.count ?? 0
                state.queues[queue]?.ready.insert(message, at: place ?? end)
            }
        }
        serve()
    }

    fileprivate func take(from queue: String) -> Message? {
        state.withLock { state in
            guard state.queues[queue]?.ready.isEmpty == false else { return nil }
            return state.queues[queue]?.ready.removeFirst()
        }
    }

    fileprivate func forget(_ consumer: MemoryConsumer) {
        state.withLock { _ = $0.consumers.removeValue(forKey: ObjectIdentifier(consumer)) }
    }

    fileprivate func serve() {
        for consumer in state.withLock({ Array($0.consumers.values) }) { consumer.serve() }
    }
}

public struct MemoryPublisher: BrokerPublisher {
    let broker: MemoryBroker

    public func publish(_ publishing: Publishing) async throws(BrokerError) {
        if Task.isCancelled { throw BrokerError(.cancelled, "the caller was cancelled") }
        try broker.accept(publishing)
    }

    public func verify(queue: String) async throws(BrokerError) {
        guard broker.state.withLock({ $0.queues[queue] != nil }) else {
            throw BrokerError(.topology, "queue \(queue) is gone", replyCode: 404)
        }
    }
}

public final class MemoryConsumer: BrokerConsumer {
    private struct State {
        var lastTag: UInt64 = 0
        var unsettled: [UInt64: MemoryBroker.Message] = [:]
        var waiter: CheckedContinuation<Delivery?, Never>?
        var isStopped = false
    }

    private let broker: MemoryBroker
    private let queue: String
    private let prefetch: Int
    private let state = Mutex(State())

    init(broker: MemoryBroker, queue: String, prefetch: Int) {
        self.broker = broker
        self.queue = queue
        self.prefetch = prefetch
    }

    public var deliveries: AsyncThrowingStream<Delivery, any Error> {
        AsyncThrowingStream { await self.next() }
    }

    public func settle(_ delivery: Delivery, _ settlement: Settlement) async {
        let message = state.withLock { $0.unsettled.removeValue(forKey: delivery.tag) }
        if let message, settlement == .requeue { broker.putBack([message], in: queue) }
        serve()
    }

    public func stop() async {
        let waiter = state.withLock { state in
            state.isStopped = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    /// Hands back what is unsettled, as a lost connection does.
    public func disconnect() async {
        await stop()
        broker.forget(self)
        let messages = state.withLock { state in
            defer { state.unsettled = [:] }
            return Array(state.unsettled.values)
        }
        broker.putBack(messages, in: queue)
    }

    /// How many deliveries are out.
    public var unsettledCount: Int { state.withLock { $0.unsettled.count } }

    private func next() async -> Delivery? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isStopped || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume(returning: nil) } else { serve() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: nil)
        }
    }

    fileprivate func serve() {
        let served = state.withLock { state -> (CheckedContinuation<Delivery?, Never>, Delivery)? in
            guard let waiter = state.waiter, !state.isStopped, state.unsettled.count < prefetch,
                let message = broker.take(from: queue)
            else { return nil }
            state.waiter = nil
            state.lastTag += 1
            state.unsettled[state.lastTag] = message
            let publishing = message.publishing
            return (
                waiter,
                Delivery(
                    tag: state.lastTag, connection: 1, isRedelivered: message.isRedelivered,
                    exchange: publishing.exchange,
                    routingKey: publishing.routingKey, properties: publishing.properties, body: publishing.body)
            )
        }
        if let (waiter, delivery) = served { waiter.resume(returning: delivery) }
    }
}
