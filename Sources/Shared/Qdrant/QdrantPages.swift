/// The pages of a scroll as a sequence; each pass starts from the beginning.
///
/// Points written or deleted during the walk may or may not be seen; others are seen exactly once.
public struct QdrantPages: AsyncSequence, Sendable {
    public typealias Element = [QdrantPoint]
    public typealias Failure = QdrantError

    let client: QdrantClient
    let collection: String
    let filter: QdrantFilter?
    let payload: [String]?
    let vectors: Bool
    let pageSize: Int

    public func makeAsyncIterator() -> Iterator { Iterator(pages: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let pages: QdrantPages
        private var offset: PointID?
        private var isDone = false

        init(pages: QdrantPages) { self.pages = pages }

        public mutating func next() async throws(QdrantError) -> [QdrantPoint]? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(QdrantError) -> [QdrantPoint]? {
            guard !isDone else { return nil }
            let page = try await pages.client.scroll(
                pages.collection, filter: pages.filter, payload: pages.payload, vectors: pages.vectors,
                limit: pages.pageSize, offset: offset)
            if let next = page.next, next == offset {
                throw QdrantError(.unexpectedAnswer, "the next page of a scroll begins where this one did")
            }
            offset = page.next
            isDone = page.next == nil
            return page.points
        }
    }
}
