import Shared

/// Something that is not as it should be in the collection or its registry, and what would put it right.
struct AuditFinding: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        /// Chunks of a loaded document are not there.
        case missing
        /// Points of a state that never became complete, or of no document at all.
        case orphaned
        /// More points of a loaded state than it has chunks.
        case wrongCount = "wrong_count"
        /// Points or markers of a state that was replaced.
        case stale
        /// A point beside the one that its chunk belongs to.
        case duplicate
    }

    let kind: Kind
    /// Empty for points that name no document.
    let documentID: String
    /// In words, without text of the document.
    let detail: String
    /// Points that are affected.
    var points = 0
    /// Points that must go.
    var surplus: [PointID] = []
    /// Markers that must go.
    var staleMarkers: [Marker] = []
    /// The marker of a document that must be extracted again.
    var incomplete: Marker?
    /// What is known of when the document last changed at its source.
    var updatedAt: Timestamp?
    /// Whether the document must be extracted again.
    var needsExtraction = false

    /// Columns of the table.
    static let columns: [TextTable.Column] = [
        .init("document", isFlexible: true), .init("finding"), .init("points", .right), .init("detail"),
    ]

    var cells: [String] { [documentID.isEmpty ? "-" : documentID, kind.rawValue, "\(points)", detail] }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("document_id", documentID)
            writer.member("finding", kind.rawValue)
            writer.member("points", points)
            writer.member("detail", detail)
        }
    }
}
