import Logging
import Shared
import Synchronization
import Testing
import TestSupport

@testable import Loader

@Suite(.timeLimit(.minutes(1))) struct CollectionGuardTests {
    private func makeGuard(_ transport: ScriptedHTTP, _ values: [String: String] = [:]) -> CollectionGuard {
        var reader = SettingsReader.only(values.merging(["OHRA_QDRANT_COLLECTION": "ohra_v1"]) { $1 })
        let settings = QdrantSettings(&reader)
        return CollectionGuard(
            client: QdrantClient(transport: transport, settings: settings, retries: .never), alias: "ohra",
            layout: CollectionLayout(&reader), logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
    }

    private final class State: Sendable {
        private let values: Mutex<(exists: Bool, failures: Int)>

        init(failures: Int) { values = Mutex((false, failures)) }

        var exists: Bool { values.withLock { $0.exists } }
        func create() { values.withLock { $0.exists = true } }
        func fails() -> Bool {
            values.withLock {
                $0.failures -= 1
                return $0.failures >= 0
            }
        }
    }

    /// A server whose collection does not exist until it is created, and in which nothing is loaded.
    private func freshServer(failures: Int = 0) -> ScriptedHTTP {
        let state = State(failures: failures)
        return ScriptedHTTP(
            [],
            then: .handle { request in
                if state.fails() { return HTTPResponse(status: 503) }
                let text: String
                switch (request.method, request.url.split(separator: "?")[0].split(separator: "/").last) {
                case (.post, "count"): text = #"{"count":0}"#
                case (.get, "aliases"): text = #"{"aliases":[]}"#
                case (.post, "aliases"): text = "true"
                case (.get, "exists"): text = #"{"exists":\#(state.exists)}"#
                case (.get, _):
                    text = #"{"config":{"params":{"vectors":{"size":4,"distance":"Cosine"}}},"payload_schema":{}}"#
                case (.put, "ohra_v1"):
                    state.create()
                    text = "true"
                default: text = #"{"operation_id":1,"status":"completed"}"#
                }
                return HTTPResponse(status: 200, body: Array(#"{"result":\#(text),"status":"ok"}"#.utf8))
            })
    }

    @Test func concurrentDeliveriesCheckOnce() async throws {
        let transport = freshServer()
        let guardian = makeGuard(transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await guardian.ensure(dimension: 4) } }
            try await group.waitForAll()
        }
        // Count, exists, create, one request for each index, and two for the alias.
        #expect(transport.requests.count == 5 + CollectionGuard.indexes.count)
    }

    @Test func indexesComeBeforeTheNameThatReadersUse() async throws {
        let transport = freshServer()
        try await makeGuard(transport).ensure(dimension: 4)
        let indexing = transport.requests.map { $0.url.contains("/collections/ohra_v1/index") }
        let last = [Bool](repeating: true, count: CollectionGuard.indexes.count) + [false, false]
        #expect(indexing.suffix(last.count) == last[...])
        #expect(
            transport.body(transport.requests.count - 1)
                == #"{"actions":[{"create_alias":{"collection_name":"ohra_v1","alias_name":"ohra"}}]}"#)
    }

    @Test func theLayoutOfTheSettingsIsCreated() async throws {
        let transport = freshServer()
        let guardian = makeGuard(
            transport,
            [
                "OHRA_QDRANT_SHARDS": "6", "OHRA_QDRANT_REPLICAS": "3", "OHRA_QDRANT_ON_DISK": "true",
                "OHRA_QDRANT_QUANTIZATION": "int8",
            ])
        try await guardian.ensure(dimension: 4)
        let expected =
            #"{"vectors":{"size":4,"distance":"Cosine","on_disk":true},"shard_number":6,"replication_factor":3,"#
            + #""write_consistency_factor":2,"quantization_config":{"scalar":{"type":"int8","quantile":0.99,"#
            + #""always_ram":true}},"sparse_vectors":{"text":{"modifier":"idf"}}}"#
        let creation = try #require(
            transport.requests.first { $0.url.hasSuffix("/collections/ohra_v1") && $0.method == .put })
        #expect(String(decoding: creation.body ?? [], as: UTF8.self) == expected)
        #expect(transport.requests[0].url.hasSuffix("/points/count?consistency=majority"))
        #expect(transport.requests.contains { $0.url.hasSuffix("/index?wait=true&ordering=strong") })
    }

    @Test func replicasThatTheSettingsDoNotKnowOfAreASettingsFault() async throws {
        let info =
            #"{"config":{"params":{"vectors":{"size":4,"distance":"Cosine"},"replication_factor":2}},"payload_schema":{}}"#
        let transport = ScriptedHTTP(
            [#"{"count":0}"#, #"{"exists":true}"#, info].map { .json(#"{"result":\#($0),"status":"ok"}"#) })
        let error = await #expect(throws: SettingsError.self) { try await makeGuard(transport).ensure(dimension: 4) }
        #expect(error?.description.contains("OHRA_QDRANT_REPLICAS=2") == true)
    }

    @Test func collectionOfAnotherSizeIsASettingsFault() async throws {
        let guardian = makeGuard(freshServer())
        try await guardian.ensure(dimension: 4)
        await #expect(throws: SettingsError.self) { try await guardian.ensure(dimension: 8) }
        // And goes on being good for what fits.
        try await guardian.ensure(dimension: 4)
    }

    @Test func aLostCollectionIsNotMadeAnew() async throws {
        let transport = ScriptedHTTP(
            [
                .json(#"{"result":{"count":3},"status":"ok"}"#), .json(#"{"result":{"exists":false},"status":"ok"}"#),
            ])
        await #expect(throws: SettingsError.self) { try await makeGuard(transport).ensure(dimension: 4) }
        #expect(transport.requests.count == 2)
    }

    @Test func afterAFaultTheNextDeliveryChecksAgain() async throws {
        let guardian = makeGuard(freshServer(failures: 1))
        await #expect(throws: QdrantError.self) { try await guardian.ensure(dimension: 4) }
        try await guardian.ensure(dimension: 4)
    }
}
