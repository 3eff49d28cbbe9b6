import Logging
import ServiceLifecycle
import Shared
import Synchronization
import TestSupport
import Testing

/// Answers each delivery from a script, by the text of its body; waits where the script says so.
private final class ScriptedHandler: MessageHandler {
    private let script: @Sendable (String, Int) async -> Outcome
    private let calls = Mutex<[String: Int]>([:])

    init(_ script: @escaping @Sendable (_ body: String, _ call: Int) async -> Outcome) { self.script = script }

    func handle(_ delivery: Delivery) async -> Outcome {
        let body = String(decoding: delivery.body, as: UTF8.self)
        let call = calls.withLock { calls in
            calls[body, default: 0] += 1
            return calls[body] ?? 0
        }
        return await script(body, call)
    }

    func count(_ body: String) -> Int { calls.withLock { $0[body] ?? 0 } }
}

@Suite(.timeLimit(.minutes(1))) struct WorkerTests {
    private let topology = Topology(prefix: "t")
    private let broker: MemoryBroker

    init() { broker = MemoryBroker(topology) }

    private func send(_ bodies: String..., attempt: Int = 1) async throws {
        for body in bodies {
            let envelope = MessageEnvelope(type: DocumentsMessage.type, run: "r", source: "s", attempt: attempt)
            try await broker.publisher().publish(
                envelope.publishing(exchange: "t", routingKey: "documents", body: Array(body.utf8)))
        }
    }

    private func work(_ handler: ScriptedHandler, concurrency: Int = 2) async throws -> MemoryConsumer {
        let consumer = broker.consumer(queue: "t.documents", prefetch: concurrency * 2)
        let broker = broker
        let worker = Worker(
            stage: .documents, topology: topology, consumer: consumer, publisher: broker.publisher(), handler: handler,
            concurrency: concurrency,
            drain: Worker.Drain(idle: .milliseconds(50)) { broker.bodies(in: "t.documents").count },
            logger: Logger(label: "test"))
        try await worker.run()
        return consumer
    }

    private func texts(_ queue: String) -> [String] {
        broker.bodies(in: queue).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func doneIsAcknowledgedOnceAndDrainingEndsTheRun() async throws {
        try await send("a", "b", "c")
        let handler = ScriptedHandler { _, _ in .done() }
        let consumer = try await work(handler)
        #expect(["a", "b", "c"].map(handler.count) == [1, 1, 1])
        #expect(consumer.unsettledCount == 0)
        #expect(texts("t.documents").isEmpty)
    }

    @Test func drainingEndsWithTheFaultOfABrokerThatStaysAway() async throws {
        try await send("a")
        let handler = ScriptedHandler { _, _ in .done() }
        var drain = Worker.Drain(idle: .seconds(3600)) { throw BrokerError(.unavailable, "gone") }
        drain.patience = .milliseconds(50)
        let worker = Worker(
            stage: .documents, topology: topology, consumer: broker.consumer(queue: "t.documents", prefetch: 4),
            publisher: broker.publisher(), handler: handler, concurrency: 2, drain: drain, logger: Logger(label: "test")
        )
        let error = await #expect(throws: BrokerError.self) { try await worker.run() }
        #expect(error?.code == .unavailable)
        #expect(error?.exitCode == ProgramExit.unavailable.rawValue)
    }

    @Test func drainingOutlivesABrokerThatIsAwayForAMoment() async throws {
        try await send("a")
        let broker = broker
        let asked = Mutex(0)
        let worker = Worker(
            stage: .documents, topology: topology, consumer: broker.consumer(queue: "t.documents", prefetch: 4),
            publisher: broker.publisher(), handler: ScriptedHandler { _, _ in .done() }, concurrency: 2,
            drain: Worker.Drain(idle: .milliseconds(50)) {
                let count = asked.withLock { count in
                    count += 1
                    return count
                }
                if count <= 3 { throw BrokerError(.unavailable, "gone") }
                return broker.bodies(in: "t.documents").count
            }, logger: Logger(label: "test"))
        try await worker.run()
        #expect(texts("t.documents").isEmpty)
    }

    @Test func rejectedPartGoesToTheDeadLettersAlone() async throws {
        try await send("batch")
        let part = RejectedPart(body: Array("one".utf8), documentID: "d1", fault: Fault("bad", "too odd"))
        _ = try await work(ScriptedHandler { _, _ in .done(rejected: [part]) })
        let letters = broker.publishings(in: "t.documents.dead")
        #expect(letters.map { String(decoding: $0.body, as: UTF8.self) } == ["one"])
        #expect(letters.first?.properties.headers["x-reason"] == .string("bad"))
        #expect(letters.first?.properties.headers["x-document"] == .string("d1"))
        #expect(letters.first?.properties.headers["x-run"] == .string("r"))
        #expect(texts("t.documents").isEmpty)
    }

    @Test func deadLetterKeepsBodyPropertiesAndReason() async throws {
        try await send("poison", "fine")
        let fault = Fault("undecodable", "no JSON")
        _ = try await work(ScriptedHandler { body, _ in body == "poison" ? .deadLetter(fault) : .done() })
        #expect(texts("t.documents.dead") == ["poison"])
        #expect(broker.publishings(in: "t.documents.dead").first?.properties.type == DocumentsMessage.type)
    }

    private func send(packed body: [UInt8]) async throws {
        let envelope = MessageEnvelope(type: DocumentsMessage.type, run: "r", source: "s")
        var publishing = envelope.publishing(exchange: "t", routingKey: "documents", body: body)
        publishing.properties.contentEncoding = "gzip"
        try await broker.publisher().publish(publishing)
    }

    @Test func packedBodyIsHandledAndMovedOnPlain() async throws {
        // `hello` as `gzip -9n` writes it.
        try await send(packed: [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x86,
            0xA6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
        ])
        let handler = ScriptedHandler { _, _ in .retry(Fault("passing", "")) }
        _ = try await work(handler)
        #expect(handler.count("hello") == 1)
        let copy = try #require(broker.publishings(in: "t.documents.retry.30s").first)
        #expect(copy.body == Array("hello".utf8) && copy.properties.contentEncoding == nil)
    }

    @Test func bombGoesToTheDeadLettersAsItCame() async throws {
        try await send(packed: GzipBomb.bytes)
        let handler = ScriptedHandler { _, _ in .done() }
        _ = try await work(handler)
        let letter = try #require(broker.publishings(in: "t.documents.dead").first)
        #expect(letter.properties.headers["x-reason"] == .string("body_too_large"))
        #expect(letter.body == GzipBomb.bytes && letter.properties.contentEncoding == "gzip")
    }

    @Test func retryRaisesTheAttemptAndGrowsTheDelay() async throws {
        try await send("r", attempt: 1)
        try await send("s", attempt: 4)
        try await send("u", attempt: 7)
        try await send("last", attempt: 8)
        _ = try await work(ScriptedHandler { _, _ in .retry(Fault("passing", "")) })
        func attempt(_ queue: String) -> HeaderValue? {
            broker.publishings(in: queue).first?.properties.headers["x-attempt"]
        }
        #expect(texts("t.documents.retry.30s") == ["r"])
        #expect(attempt("t.documents.retry.30s") == .int(2))
        #expect(texts("t.documents.retry.5m") == ["s"])
        #expect(attempt("t.documents.retry.5m") == .int(5))
        #expect(texts("t.documents.retry.1h") == ["u"])
        #expect(texts("t.documents.dead") == ["last"])
    }

    @Test func unavailableServiceCostsNoAttemptAndIsTriedAgain() async throws {
        try await send("a")
        let handler = ScriptedHandler { _, call in call == 1 ? .unavailable(Fault("down", "")) : .done() }
        _ = try await work(handler)
        #expect(handler.count("a") == 2)
        #expect(broker.published.count == 1, "nothing was published beside the message itself")
    }

    @Test func deliveryIsHandedBackWhenItsDeadLetterCannotBeConfirmed() async throws {
        try await send("poison")
        broker.failNextPublishings(with: [BrokerError(.refused, "full")])
        let handler = ScriptedHandler { _, _ in .deadLetter(Fault("undecodable", "")) }
        _ = try await work(handler)
        #expect(handler.count("poison") == 2)
        #expect(texts("t.documents.dead") == ["poison"])
        #expect(texts("t.documents").isEmpty)
    }

    @Test func faultThatStopsTheProcessHandsTheDeliveryBackAndIsThrown() async throws {
        struct Broken: Error {}
        try await send("a")
        await #expect(throws: Broken.self) { _ = try await work(ScriptedHandler { _, _ in .stop(Broken()) }) }
        #expect(texts("t.documents") == ["a"])
    }

    @Test func concurrencyIsTheLimitOfWhatIsUnderWay() async throws {
        for index in 0..<20 { try await send("m\(index)") }
        let state = Mutex((now: 0, most: 0))
        _ = try await work(
            ScriptedHandler { _, _ in
                state.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                await Task.yield()
                state.withLock { $0.now -= 1 }
                return .done()
            }, concurrency: 3)
        #expect(state.withLock { $0.most } <= 3)
    }

    @Test func brokerHeadersAreNotSentBack() async throws {
        let envelope = MessageEnvelope(type: DocumentsMessage.type, run: "r", source: "s")
        var publishing = envelope.publishing(exchange: "t", routingKey: "documents", body: Array("x".utf8))
        publishing.properties.headers["x-death"] = .array([])
        publishing.properties.headers["x-delivery-count"] = .int(3)
        try await broker.publisher().publish(publishing)
        _ = try await work(ScriptedHandler { _, _ in .retry(Fault("passing", "")) })
        let headers = try #require(broker.publishings(in: "t.documents.retry.30s").first?.properties.headers)
        #expect(headers["x-death"] == nil && headers["x-delivery-count"] == nil)
    }
}

/// Deliveries that hang or that come back again and again.
@Suite(.timeLimit(.minutes(1))) struct WorkerSuspectTests {
    private let topology = Topology(prefix: "t")
    private let broker: MemoryBroker

    init() { broker = MemoryBroker(topology) }

    private struct Letters: MessageHandler {
        var handling: @Sendable (String) async -> Outcome = { _ in .done() }

        func handle(_ delivery: Delivery) async -> Outcome {
            await handling(String(decoding: delivery.body, as: UTF8.self))
        }

        /// Every letter is a document.
        func parts(of delivery: Delivery) -> [[UInt8]] { delivery.body.map { [$0] } }
    }

    private func send(_ body: String, _ headers: [String: HeaderValue]) async throws {
        let envelope = MessageEnvelope(type: DocumentsMessage.type, run: "r", source: "s")
        var publishing = envelope.publishing(exchange: "t", routingKey: "documents", body: Array(body.utf8))
        publishing.properties.headers.merge(headers) { $1 }
        try await broker.publisher().publish(publishing)
    }

    private func work(_ handler: Letters, deadline: Duration = .seconds(60)) async throws {
        let broker = broker
        var worker = Worker(
            stage: .documents, topology: topology, consumer: broker.consumer(queue: "t.documents", prefetch: 4),
            publisher: broker.publisher(), handler: handler, concurrency: 2,
            drain: Worker.Drain(idle: .milliseconds(50)) { broker.bodies(in: "t.documents").count },
            logger: Logger(label: "test"))
        worker.deadline = deadline
        try await worker.run()
    }

    @Test func messageThatCameBackThreeTimesIsTakenApart() async throws {
        let handled = Mutex<[String]>([])
        try await send("abc", ["x-delivery-count": .int(3)])
        try await work(
            Letters { body in
                handled.withLock { $0.append(body) }
                return .done()
            })
        #expect(handled.withLock { $0 }.sorted() == ["a", "b", "c"])
        #expect(broker.published.dropFirst().allSatisfy { $0.properties.headers["x-suspect"] == .int(1) })
        #expect(broker.published.dropFirst().allSatisfy { $0.exchange == "t" && $0.routingKey == "documents.again" })
    }

    @Test func suspectThatCameBackThreeTimesIsGuiltyAndItsNeighbourIsNot() async throws {
        try await send("c", ["x-suspect": .int(1), "x-delivery-count": .int(3)])
        try await send("n", ["x-suspect": .int(1), "x-delivery-count": .int(2)])
        try await work(Letters())
        let letters = broker.publishings(in: "t.documents.dead")
        #expect(letters.map(\.body) == [Array("c".utf8)])
        #expect(letters.first?.properties.headers["x-reason"] == .string("crash_loop"))
    }

    @Test func suspectWorksAloneAndOthersCountFromZeroBeforeIt() async throws {
        for body in ["c", "n"] { try await send(body, ["x-suspect": .int(1), "x-delivery-count": .int(2)]) }
        let broker = broker
        let putBack = Mutex(0)
        let underWay = Mutex((now: 0, most: 0))
        try await work(
            Letters { body in
                underWay.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                if body == "c" { putBack.withLock { $0 = broker.published.count - 2 } }
                await Task.yield()
                underWay.withLock { $0.now -= 1 }
                return .done()
            })
        #expect(putBack.withLock { $0 } == 1)
        #expect(broker.published.last?.properties.headers["x-delivery-count"] == nil)
        #expect(underWay.withLock { $0.most } == 1)
    }

    @Test func handlerThatHangsIsCancelledAndRetriedAtTheCostOfAnAttempt() async throws {
        try await send("h", [:])
        try await work(
            Letters { _ in
                try? await Task.sleep(for: .seconds(600))
                return .postpone
            }, deadline: .milliseconds(50))
        let retried = try #require(broker.publishings(in: "t.documents.retry.30s").first)
        #expect(retried.properties.headers["x-attempt"] == .int(2))
    }

    @Test func whatIsRetriedGoesOnDocumentByDocument() async throws {
        try await send("abc", [:])
        try await send("d", ["x-attempt": .int(8)])
        try await work(Letters { _ in .retry(Fault("passing", "")) })
        let retried = broker.publishings(in: "t.documents.retry.30s")
        #expect(retried.map(\.body) == ["a", "b", "c"].map { Array($0.utf8) })
        #expect(retried.allSatisfy { $0.properties.headers["x-attempt"] == .int(2) })
        #expect(broker.publishings(in: "t.documents.dead").map(\.body) == [Array("d".utf8)])
    }
}
