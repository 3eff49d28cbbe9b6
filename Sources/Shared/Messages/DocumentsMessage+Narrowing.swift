extension DocumentsMessage {
    /// The part of this message that belongs to `documents`, nil when none of them is in it.
    public func narrowed(to documents: Set<String>) -> DocumentsMessage? {
        let kept = changes.filter { documents.contains($0.document.id) }
        return kept.isEmpty ? nil : DocumentsMessage(kept)
    }
}
