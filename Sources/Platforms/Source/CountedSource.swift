package import FoundationEssentials

/// A source that can tell beforehand how much ``DocumentSource/documents(in:since:)`` will give. Only the estimate of a
/// run's end depends on it, so a source that would have to read everything for it had better not conform.
package protocol CountedSource: DocumentSource {
    /// About how many documents will come.
    func count(in scopes: [String], since: Date) async throws(SourceError) -> Int
}
