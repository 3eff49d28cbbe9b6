import FoundationEssentials
import Logging
import TestSupport
import Testing

@testable import Extractor
@testable import Platforms
@testable import Shared

/// Scopes that one query reads together: which of them a fault ends.
@Suite(.timeLimit(.minutes(1))) struct ScopeGroupTests {
    /// A source that joins three scopes to a query and cannot read some.
    private struct GroupedSource: DocumentSource {
        static let name = "stub"
        static let mainSetting = "OHRA_STUB_URL"
        static let scopesPerQuery = 3
        static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> Self? { nil }

        let instance = "here"
        let faults: [String: SourceError]
        /// Of the whole site, from its first query on.
        var outage: SourceError?
        let asked = LogRecorder()

        func verify() async throws(SourceError) {
            if let outage, !asked.lines.isEmpty { throw outage }
        }
        func scopes() async throws(SourceError) -> [String] { ["A", "B", "C", "D", "E", "F", "G"] }

        func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
            asked.logger.info("\(scopes.joined())")
            var rest = scopes[...]
            return AsyncThrowingStream { continuation in
                while let scope = rest.popFirst() {
                    if let fault = faults[scope] { return continuation.finish(throwing: fault) }
                    continuation.yield([.sample("stub:here:\(scope)", sourceType: "stub", scope: scope)])
                }
                continuation.finish()
            }
        }

        func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> {
            AsyncThrowingStream { $0.finish() }
        }
    }

    private func run(_ source: GroupedSource) async throws -> (SourceExtraction.Result, RunReport.SourceCounts) {
        let (run, recorder, stub) = (RunIdentity(), LogRecorder(), StubRegistry())
        let broker = MemoryBroker(Topology(prefix: "ohra"))
        let tally = SourceTally(source: "stub", progress: ProgressLine("stub"), logger: recorder.logger)
        let extraction = SourceExtraction(
            source: source, options: RunOptions(), registry: stub.registry,
            detector: ChangeDetector(
                registry: stub.registry, fingerprint: "f", emitsAll: false, runStart: run.startInMilliseconds),
            emitter: DocumentEmitter(
                topology: Topology(prefix: "ohra"), publisher: broker.publisher(),
                envelope: MessageEnvelope(type: DocumentsMessage.type, run: run.id, source: "stub"),
                logger: recorder.logger),
            run: run, stop: StopSignal(), tally: tally, logger: recorder.logger)
        let result = try await extraction.execute()
        let published = try broker.bodies(in: "ohra.documents").flatMap { try DocumentsMessage(body: $0).changes }
        // Whatever was tried again, each scope's document is there.
        for scope in result.completeScopes {
            #expect(published.contains { $0.document.id == "stub:here:\(scope)" })
        }
        return (result, tally.counts)
    }

    private func queries(_ source: GroupedSource) -> [String] {
        source.asked.lines.map { String($0.split(separator: " ")[1]) }
    }

    private func heavy() -> SourceError {
        var error = SourceError(.unavailable, "too much")
        error.mayBeTooHeavy = true
        return error
    }

    @Test func anUnreadableScopeEndsAloneAndTheOthersAreComplete() async throws {
        for fault in [SourceError(.rejected, "unknown"), SourceError(.unexpectedAnswer, "odd"), heavy()] {
            let source = GroupedSource(faults: ["B": fault])
            let (result, counts) = try await run(source)
            #expect(queries(source) == ["ABC", "A", "B", "C", "DEF", "G"])
            #expect(result.completeScopes == ["A", "C", "D", "E", "F", "G"] && counts.failed == 1)
        }
    }

    @Test func aSiteThatIsDownIsNotAskedScopeByScope() async throws {
        let down = SourceError(.unavailable, "down")
        let source = GroupedSource(faults: ["A": down, "D": down, "G": down])
        let (result, counts) = try await run(source)
        #expect(queries(source) == ["ABC", "DEF", "G"])
        #expect(result.completeScopes.isEmpty && counts.failed == 7)
    }

    @Test func timeoutsInARowGiveTheRestOfTheGroupUp() async throws {
        let source = GroupedSource(faults: ["A": heavy(), "B": heavy(), "C": heavy()])
        let (result, counts) = try await run(source)
        #expect(queries(source) == ["ABC", "A", "B", "DEF", "G"])
        #expect(result.completeScopes == ["D", "E", "F", "G"] && counts.failed == 3)
    }

    private func silent() -> SourceError {
        var error = heavy()
        error.isSilent = true
        return error
    }

    @Test func aSiteThatHangsEndsTheSourceAndNotEachScope() async throws {
        let source = GroupedSource(faults: ["D": silent()], outage: silent())
        let (result, counts) = try await run(source)
        #expect(queries(source) == ["ABC", "DEF"])
        #expect(result.completeScopes == ["A", "B", "C"] && counts.failed == 3)
        #expect(result.failure?.exitCode == 69)
    }

    @Test func aScopeThatHangsOnASiteThatDoesNotEndsAlone() async throws {
        let source = GroupedSource(faults: ["B": silent()])
        let (result, counts) = try await run(source)
        #expect(queries(source) == ["ABC", "A", "B", "C", "DEF", "G"])
        #expect(result.failure == nil && counts.failed == 1)
    }

    @Test func refusedCredentialsEndTheSourceAtOnce() async throws {
        let source = GroupedSource(faults: ["B": SourceError(.unauthorized, "no")])
        let (result, counts) = try await run(source)
        #expect(queries(source) == ["ABC"] && result.failure?.code == .unauthorized && counts.failed == 3)
    }
}
