/// Applies `transform` to every element, at most `limit` at a time, and keeps the order. The first error ends the rest.
func boundedMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], limit: Int,
    _ transform: @escaping @Sendable (Element) async throws(SourceError) -> Result
) async throws(SourceError) -> [Result] {
    var results = [Result?](repeating: nil, count: elements.count)
    do {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            for (index, element) in elements.enumerated() {
                if index >= limit, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (index, try await transform(element)) }
            }
            for try await (done, result) in group { results[done] = result }
        }
    } catch let error as SourceError {
        throw error
    } catch {
        throw SourceError(.unavailable, "the run was cancelled")
    }
    return results.compactMap { $0 }
}
