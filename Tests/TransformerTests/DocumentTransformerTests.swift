import Chunking
import Embedding
import Logging
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Transformer

@Suite struct DocumentTransformerTests {
    private let topology = Topology(prefix: "t")

    private func handler(
        _ provider: any EmbeddingProvider, _ broker: MemoryBroker, stored: any HTTPTransport = StoredPoints(),
        logger: Logger = LogRecorder().logger
    ) throws -> DocumentTransformer {
        let url = try ServiceURL("http://qdrant:6333", schemes: ["http"])
        let client = QdrantClient(transport: stored, settings: QdrantSettings(url: url), retries: .never)
        return DocumentTransformer(
            pipeline: Pipeline(
                chunker: RecursiveChunker(try ChunkSettings(sizeInScalars: 40, overlapInScalars: 0)),
                provider: provider, fingerprint: "f",
                stored: StoredWork(
                    client: client, registry: Registry(client: client, collection: "ohra_registry"),
                    collection: "ohra", fingerprint: "f", dimension: provider.descriptor.dimension)),
            topology: topology, publisher: broker.publisher(), logger: logger)
    }

    private func delivery(_ ids: String..., content: String = "text") -> Delivery {
        let message = DocumentsMessage(
            ids.map { DocumentChange(document: .sample($0, content: "\(content) of \($0)"), epoch: 1) })
        let envelope = MessageEnvelope(type: DocumentsMessage.type, run: "run", source: "files")
        let publishing = envelope.publishing(exchange: "", routingKey: "", body: message.body)
        return Delivery(
            tag: 1, connection: 1, isRedelivered: false, exchange: "", routingKey: "",
            properties: publishing.properties, body: publishing.body)
    }

    private func published(_ broker: MemoryBroker) throws -> [ChunkVector] {
        try broker.bodies(in: topology.workQueue(.vectors)).flatMap { try VectorsMessage(body: $0).vectors }
    }

    @Test(
        arguments: [
            (.modelChanged, "stop"), (.wrongDimension, "stop"), (.quotaExhausted, "unavailable"),
            (.rateLimited, "unavailable"), (.serverFault, "unavailable"), (.credentials, "unavailable"),
            (.cancelled, "postpone"),
        ] as [(EmbeddingError.Code, String)])
    func failingServiceCostsNoDocument(code: EmbeddingError.Code, expected: String) async throws {
        let broker = MemoryBroker(topology)
        let outcome = try await handler(StubProvider(failing: EmbeddingError(code, "fault")), broker).handle(
            delivery("a", "b"))
        #expect("\(outcome)".hasPrefix(expected), "\(outcome)")
        #expect(broker.published.isEmpty)
    }

    @Test func unreachableQdrantPausesInsteadOfPayingTwice() async throws {
        let broker = MemoryBroker(topology)
        let provider = StubProvider()
        let outcome = try await handler(provider, broker, stored: ScriptedHTTP([], then: .fail(.connectionFailed)))
            .handle(delivery("a"))
        guard case .unavailable(let fault) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(fault.reason == "qdrant_unavailable" && provider.calls.isEmpty && broker.published.isEmpty)
    }

    @Test func sparedWorkIsLoggedInOneLine() async throws {
        let recorder = LogRecorder()
        let marker = Marker(
            documentID: "a", sourceType: "files", versionKey: "v1", fingerprint: "f",
            version: DocumentVersion(revision: 7, epoch: 1), chunkCount: 1, state: .loaded, title: "", url: "",
            scope: "")
        let stored = StoredPoints(
            markers: [marker], points: [.init(documentID: "a", embedHash: "h", vector: [1, 0])])
        let broker = MemoryBroker(topology)
        let outcome = try await handler(StubProvider(), broker, stored: stored, logger: recorder.logger)
            .handle(delivery("a", "b"))
        guard case .done(let rejected) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(rejected.isEmpty)
        #expect(try published(broker).map(\.documentID) == ["b"])
        let lines = recorder.lines.filter { $0.contains("Work was spared") }
        #expect(lines.count == 1 && lines[0].contains("\"documents.skipped\": 1"))
    }

    /// Many messages at once through a server that fails all the time: every document arrives with the right vectors.
    @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 3, 4]) func nothingIsLostOnABadServer(seed: UInt64) async throws {
        let server = UnreliableServer(seed: seed)
        var options = OpenAIOptions(url: try ServiceURL("http://tei", schemes: ["http"]), model: "m")
        options.linger = .zero
        options.server.maximumInputsPerRequest = 7
        // Enough attempts that bad luck alone condemns no text.
        options.retry = RetryPolicy(
            maximumAttempts: 40, firstDelay: .microseconds(10), maximumDelay: .microseconds(100))
        let provider = OpenAIProvider(options, transport: server)
        try await provider.prepare()
        let broker = MemoryBroker(topology)
        let handler = try handler(provider, broker)
        let deliveries = (0..<12).map { number in
            delivery(
                "\(number)-a", "\(number)-b", "\(number)-c",
                content: (0..<150).map { "w\(number)x\($0)" }.joined(separator: " "))
        }
        await withTaskGroup(of: Void.self) { group in
            for delivery in deliveries {
                group.addTask {
                    let outcome = await handler.handle(delivery)
                    guard case .done(let rejected) = outcome, rejected.isEmpty else {
                        Issue.record("\(outcome)")
                        return
                    }
                }
            }
        }
        let vectors = try published(broker)
        #expect(Set(vectors.map(\.documentID)).count == 36)
        for vector in vectors {
            let right = UnreliableServer.vector(of: "제목 \"one\"\n\n\(vector.content)")
            let scale = right.reduce(0) { $0 + $1 * $1 }.squareRoot()
            for (mine, its) in zip(vector.vector, right) { #expect(abs(mine - its / scale) < 1e-4) }
        }
        #expect(server.faults > 10)
    }
}

/// Answers wrongly in every way it can, about every second time.
private final class UnreliableServer: HTTPTransport {
    private let generator: Mutex<(source: SeededGenerator, faults: Int)>

    init(seed: UInt64) { generator = Mutex((SeededGenerator(state: seed), 0)) }

    var faults: Int { generator.withLock { $0.faults } }

    static func vector(of text: String) -> [Float] {
        let digest = ContentHash.hex(text).utf8.map { Float($0) }
        return Array(digest.prefix(5))
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard request.method == .post, let body = try? JSONElement(parsing: request.body ?? []),
            let texts = body["input"]?.array?.compactMap(\.string)
        else { return HTTPResponse(status: 404) }
        var items = texts.enumerated().map { item($0, Self.vector(of: $1)) }
        let fault = texts == ["ping"] ? 99 : roll()
        switch fault {
        case 0: return HTTPResponse(status: 429, headers: [("retry-after-ms", "0")])
        case 1: return HTTPResponse(status: [500, 502, 503][texts.count % 3])
        case 2: throw HTTPError(.interrupted, endpoint: "tei", message: "connection reset")
        case 3: throw HTTPError(.timedOut, endpoint: "tei", message: "slow")
        case 4: items.removeLast()
        case 5: items.append(items[0])
        case 6: items[0] = items[items.count - 1]
        case 7: items.reverse()
        case 8: items[items.count / 2] = item(items.count / 2, [0, 0, 0, 0, 0])
        case 9: items = texts.indices.map { item($0, [1, 2, 3]) }
        case 10: items[0] = "{\"index\":0,\"embedding\":[1,2,null,4,5]}"
        default: break
        }
        var text = "{\"data\":[\(items.joined(separator: ","))],\"model\":\"m\"}"
        if fault == 11 { text = String(text.dropLast(text.count / 3)) }
        return HTTPResponse(status: 200, body: Array(text.utf8))
    }

    private func item(_ index: Int, _ vector: [Float]) -> String { "{\"index\":\(index),\"embedding\":\(vector)}" }

    private func roll() -> Int {
        generator.withLock { state in
            let fault = Int.random(in: 0..<24, using: &state.source)
            if fault < 12 { state.faults += 1 }
            return fault
        }
    }
}
