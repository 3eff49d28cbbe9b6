import Shared

/// The ids of one scope. An empty listing counts only when the scope itself can still be seen: lost permission looks empty.
actor ScopeCensus {
    private let pager: CursorPager
    private let identifier: @Sendable (JSONElement) throws(SourceError) -> String
    private let isVisible: @Sendable () async throws(SourceError) -> Void
    private var isEmpty = true

    init(
        pager: CursorPager, identifier: @escaping @Sendable (JSONElement) throws(SourceError) -> String,
        isVisible: @escaping @Sendable () async throws(SourceError) -> Void
    ) {
        self.pager = pager
        self.identifier = identifier
        self.isVisible = isVisible
    }

    func next() async throws(SourceError) -> [String]? {
        guard let items = try await pager.next() else {
            if isEmpty { try await isVisible() }
            isEmpty = false
            return nil
        }
        isEmpty = false
        var identifiers: [String] = []
        for item in items { identifiers.append(try identifier(item)) }
        return identifiers
    }
}
