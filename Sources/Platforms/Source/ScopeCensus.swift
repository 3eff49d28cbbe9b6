import Shared

/// The ids of one scope. An empty listing counts only when the scope itself can still be seen: lost permission looks empty.
actor ScopeCensus {
    private let page: @Sendable () async throws(SourceError) -> [JSONElement]?
    private let identifier: @Sendable (JSONElement) throws(SourceError) -> String
    private let isVisible: @Sendable () async throws(SourceError) -> Void
    private var isEmpty = true

    /// - Parameters:
    ///   - page: the next items of the scope, nil at the end.
    ///   - isVisible: fails when the scope cannot be seen any more.
    init(
        page: @escaping @Sendable () async throws(SourceError) -> [JSONElement]?,
        identifier: @escaping @Sendable (JSONElement) throws(SourceError) -> String,
        isVisible: @escaping @Sendable () async throws(SourceError) -> Void
    ) {
        self.page = page
        self.identifier = identifier
        self.isVisible = isVisible
    }

    init(
        pager: CursorPager, identifier: @escaping @Sendable (JSONElement) throws(SourceError) -> String,
        isVisible: @escaping @Sendable () async throws(SourceError) -> Void
    ) {
        self.init(
            page: { () throws(SourceError) in try await pager.next() }, identifier: identifier, isVisible: isVisible)
    }

    func next() async throws(SourceError) -> [String]? {
        guard let items = try await page() else {
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
