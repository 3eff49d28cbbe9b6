extension VectorsMessage {
    /// The part of this message that belongs to `documents`: their headers and their vectors; nil when none is in it.
    ///
    /// A header goes on saying how many chunks its version has in all, so the parts of several messages still add up.
    public func narrowed(to documents: Set<String>) -> VectorsMessage? {
        let headers = self.documents.filter { documents.contains($0.id) }
        guard !headers.isEmpty else { return nil }
        return VectorsMessage(
            fingerprint: fingerprint, model: model, dimension: dimension, documents: headers,
            vectors: vectors.filter { documents.contains($0.documentID) })
    }
}
