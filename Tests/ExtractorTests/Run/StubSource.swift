import FoundationEssentials
import Synchronization
import TestSupport

@testable import Platforms
@testable import Shared

/// A source that gives what a test tells it to, page by page, and remembers how often its ids were listed.
final class StubSource: DocumentSource {
    static let name = "stub"
    static let mainSetting = "OHRA_STUB_URL"
    static let scopesPerQuery = 1
    static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> StubSource? { nil }

    typealias Pages<Element> = @Sendable (_ scope: String, _ page: Int) async throws -> [Element]?

    let instance = "here"
    private let scopeNames: [String]
    private let pages: Pages<Document>
    private let ids: Pages<String>
    private let listings = Mutex<[String: Int]>([:])

    /// - Parameters:
    ///   - pages: the documents of a scope's page, from 0; nil ends the scope.
    ///   - ids: the same for the census.
    init(
        scopes: [String] = ["A"], pages: @escaping Pages<Document> = { _, _ in nil },
        ids: @escaping Pages<String> = { _, _ in nil }
    ) {
        scopeNames = scopes
        self.pages = pages
        self.ids = ids
    }

    func verify() async throws(SourceError) {}
    func scopes() async throws(SourceError) -> [String] { scopeNames }

    func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
        stream(scopes[0], pages)
    }

    func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> {
        listings.withLock { $0[scope, default: 0] += 1 }
        return stream(scope, ids)
    }

    /// How often the ids of a scope were asked for.
    func listings(of scope: String) -> Int { listings.withLock { $0[scope] ?? 0 } }

    private func stream<Element: Sendable>(
        _ scope: String, _ pages: @escaping Pages<Element>
    ) -> AsyncThrowingStream<[Element], any Error> {
        let counter = Counter()
        return AsyncThrowingStream(unfolding: { try await pages(scope, counter.next()) })
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
    }
}
