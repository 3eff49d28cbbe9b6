import Logging
import Shared
import Synchronization
import Testing
import TestSupport

@testable import Loader

@Suite(.timeLimit(.minutes(1))) struct CollectionGuardTests {
    private func makeGuard(_ transport: ScriptedHTTP) -> CollectionGuard {
        var reader = SettingsReader.only([:])
        let client = QdrantClient(transport: transport, settings: QdrantSettings(&reader), retries: .never)
        return CollectionGuard(
            client: client, registry: Registry(client: client, collection: "ohra_registry"), collection: "ohra",
            logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
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
                switch (request.method, request.url.split(separator: "/").last) {
                case (.post, "count"): text = #"{"count":0}"#
                case (.get, "exists"): text = #"{"exists":\#(state.exists)}"#
                case (.get, _):
                    text = #"{"config":{"params":{"vectors":{"size":4,"distance":"Cosine"}}},"payload_schema":{}}"#
                case (.put, "ohra"):
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
        // Count, exists, create and one request for each index.
        #expect(transport.requests.count == 3 + CollectionGuard.indexes.count)
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
