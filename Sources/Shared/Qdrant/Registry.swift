import FoundationEssentials

/// What the collection holds, by document: the commit markers of DESIGN §7, beside records of runs and of the pipeline.
///
/// It is a collection of its own, `<collection>_registry`, whose points carry no vector. While it does not exist every
/// look-up answers "nothing".
public struct Registry: Sendable {
    let client: QdrantClient
    let collection: String

    /// Points that one request reads.
    static let pageSize = 256
    static let markerFields = [
        "document_id", "source_type", "version_key", "fingerprint", "revision", "epoch", "chunk_count", "state",
        "title",
        "url", "scope",
    ]

    public init(client: QdrantClient, collection: String) {
        self.client = client
        self.collection = collection
    }

    /// Creates the collection of the settings' registry, its payload indexes and its alias where they are missing. Safe to
    /// call from several programs at once.
    public func prepare() async throws(QdrantError) {
        let name = try await client.collectionPair().registry
        try await client.createCollection(name, vectorSize: 1, distance: .dot)
        for field in ["kind", "document_id", "source_type", "scope"] {
            try await client.createPayloadIndex(name, field: field, type: .keyword)
        }
        try await client.ensureAlias(collection, of: name)
    }

    // MARK: Markers

    /// Every marker of each document that has one; usually one, more while a replacement is under way.
    public func markers(of documentIDs: [String]) async throws(QdrantError) -> [String: [Marker]] {
        guard !documentIDs.isEmpty else { return [:] }
        let filter = QdrantFilter(must: [.match("kind", "marker"), .matchAny("document_id", documentIDs)])
        var markers: [String: [Marker]] = [:]
        var offset: PointID?
        repeat {
            let page = try await scroll(filter, from: offset)
            for point in page.points {
                guard let marker = Marker(payload: point.payload) else { continue }
                markers[marker.documentID, default: []].append(marker)
            }
            offset = page.next
        } while offset != nil
        return markers
    }

    /// The largest marker of each document that has one.
    public func latestMarkers(of documentIDs: [String]) async throws(QdrantError) -> [String: Marker] {
        try await markers(of: documentIDs).compactMapValues { $0.max { $0.version < $1.version } }
    }

    /// Adds markers, each with the run that brought its state. One that exists already stays as it is: the first commit
    /// of a state wins.
    public func commit(_ markers: [(marker: Marker, run: String)]) async throws(QdrantError) {
        var body = PointsBody(reservingPoints: markers.count, mode: .insertOnly)
        let now = Timestamp.now.description
        for (marker, run) in markers {
            let id = PointIdentity.marker(documentID: marker.documentID, version: marker.version)
            body.append(id: id, vector: nil) { marker.writePayload(to: &$0, run: run, committedAt: now) }
        }
        try await client.upsert(collection, body)
    }

    public func delete(_ markers: [Marker]) async throws(QdrantError) {
        let ids = markers.map { PointIdentity.marker(documentID: $0.documentID, version: $0.version) }
        try await client.delete(collection, ids: ids)
    }

    /// Hands out the markers of the documents that are loaded from one scope of a site, a page at a time.
    ///
    /// A document whose replacement is under way may come with an older marker, too.
    public func visitLoadedDocuments(
        sourceType: String, instance: String, scope: String, _ visit: ([Marker]) -> Void
    ) async throws(QdrantError) {
        let filter = QdrantFilter(must: [
            .match("kind", "marker"), .match("source_type", sourceType), .match("scope", scope),
        ])
        try await visitLoaded(filter, of: "\(sourceType):\(instance):", visit)
    }

    /// How many documents of a site are loaded from other scopes than these, by scope; one whose replacement is under way may
    /// count twice.
    public func loadedCounts(
        sourceType: String, instance: String, outside scopes: [String]
    ) async throws(QdrantError) -> [String: Int] {
        let filter = QdrantFilter(
            must: [.match("kind", "marker"), .match("source_type", sourceType)],
            mustNot: scopes.isEmpty ? [] : [.matchAny("scope", scopes)])
        var counts: [String: Int] = [:]
        try await visitLoaded(filter, of: "\(sourceType):\(instance):") { markers in
            for marker in markers { counts[marker.scope, default: 0] += 1 }
        }
        return counts
    }

    private func visitLoaded(
        _ filter: QdrantFilter, of prefix: String, _ visit: ([Marker]) -> Void
    ) async throws(QdrantError) {
        var offset: PointID?
        repeat {
            let page = try await scroll(filter, from: offset)
            visit(
                page.points.compactMap { Marker(payload: $0.payload) }
                    .filter { $0.state == .loaded && $0.documentID.hasPrefix(prefix) })
            offset = page.next
        } while offset != nil
    }

    func scroll(
        _ filter: QdrantFilter, from offset: PointID?, payload: [String] = markerFields
    ) async throws(QdrantError) -> ScrollPage {
        do {
            return try await client.scroll(
                collection, filter: filter, payload: payload, limit: Self.pageSize, offset: offset)
        } catch  where error.code == .collectionMissing {
            return ScrollPage(points: [], next: nil)
        }
    }
}

extension Registry {
    /// The name of the registry's own collection.
    public var name: String { collection }

    /// Documents that are loaded, of one source or all; one whose replacement is under way may count twice.
    public func loadedCount(source: String? = nil) async throws(QdrantError) -> Int {
        var conditions: [QdrantCondition] = [.match("kind", "marker"), .match("state", "loaded")]
        if let source { conditions.append(.match("source_type", source)) }
        do {
            return try await client.count(collection, filter: QdrantFilter(must: conditions))
        } catch  where error.code == .collectionMissing {
            return 0
        }
    }
}
