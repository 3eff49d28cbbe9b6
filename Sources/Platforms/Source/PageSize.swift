/// How many items the next page is asked for: a quarter after a page that proved too heavy for the server, as such failures
/// take long; twice as many after a good one.
struct PageSize: Sendable {
    let largest: Int
    private(set) var current: Int

    init(_ largest: Int) {
        self.largest = largest
        current = largest
    }

    /// Asks for less; false when a page of a single item is too heavy already.
    mutating func shrink() -> Bool {
        guard current > 1 else { return false }
        current = max(1, current / 4)
        return true
    }

    mutating func grow() { current = min(largest, current * 2) }

    /// Calls `fetch` with smaller and smaller sizes until the answer arrives.
    ///
    /// - Throws: the last failure: one that a smaller page cannot help, or that of a page of one.
    mutating func adapted<Page>(
        isolation: isolated (any Actor)? = #isolation, _ fetch: (Int) async throws(SourceError) -> Page
    ) async throws(SourceError) -> Page {
        while true {
            do throws(SourceError) {
                let page = try await fetch(current)
                grow()
                return page
            } catch {
                guard error.mayBeTooHeavy, shrink() else { throw error }
            }
        }
    }
}
