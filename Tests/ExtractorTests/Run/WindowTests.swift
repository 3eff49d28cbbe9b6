import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import Extractor
@testable import Platforms
@testable import Shared

/// From when each scope is read.
@Suite struct WindowTests {
    /// Joins two scopes into one query and remembers what was asked for.
    private final class PairingSource: DocumentSource {
        static let name = "stub"
        static let mainSetting = "OHRA_STUB_URL"
        static let scopesPerQuery = 2
        static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> PairingSource? {
            nil
        }

        let instance = "here"
        private let names: [String]
        private let asked = Mutex<[(scopes: [String], since: Date)]>([])

        init(_ names: [String]) { self.names = names }

        /// The windows that were read, in order.
        var windows: [(scopes: [String], since: Date)] { asked.withLock { $0 } }

        func verify() async throws(SourceError) {}
        func scopes() async throws(SourceError) -> [String] { names }
        func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
            asked.withLock { $0.append((scopes, since)) }
            return AsyncThrowingStream { $0.finish() }
        }
        func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> {
            AsyncThrowingStream { $0.finish() }
        }
    }

    private func hours(_ date: Date) -> Int { Int((-date.timeIntervalSinceNow / 3600).rounded()) }

    private func ago(hours: Double) -> Date { Date(timeIntervalSinceNow: -hours * 3600) }

    @Test func aNewScopeDoesNotShortenTheWindowOfTheOthers() async throws {
        let source = PairingSource(["A", "NEW", "B", "C"])
        let scene = ExtractionScene(
            source: source,
            stub: StubRegistry(runs: ["A": ago(hours: 3), "B": ago(hours: 100), "C": ago(hours: 50)]))
        let (result, _) = try await scene.run()
        // The two that are furthest behind together; a full day at least; nobody knows what a new one needs.
        #expect(source.windows.map(\.scopes) == [["B", "C"], ["A"], ["NEW"]])
        #expect(source.windows.map { hours($0.since) } == [100, 24, 24])
        #expect(result.completeScopes == ["B", "C", "A", "NEW"])
        #expect(
            scene.recorder.lines.contains {
                $0.contains("First run") && $0.contains("NEW") && $0.contains(#""count": 1"#)
            })
    }

    @Test func aWindowGivenByHandHoldsForAll() async throws {
        let source = PairingSource(["A", "NEW"])
        var scene = ExtractionScene(source: source, stub: StubRegistry(runs: ["A": ago(hours: 3)]))
        scene.options.since = ago(hours: 1000)
        _ = try await scene.run()
        #expect(source.windows.map { hours($0.since) } == [1000, 1000])
        #expect(!scene.recorder.lines.contains { $0.contains("First run") })
    }
}
