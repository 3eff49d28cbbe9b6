import Shared

/// Lets searches use another collection, loaded beside the one that they use now.
struct Migration: Sendable {
    /// The names that readers use.
    let settings: QdrantSettings
    let current: CollectionPair
    let next: CollectionPair
    private let client: QdrantClient

    /// - Parameters:
    ///   - client: its settings name the aliases that readers use.
    ///   - name: the `OHRA_QDRANT_COLLECTION` of the fleet that loaded the next collection, or the collection itself.
    /// - Throws: ``SettingsError`` when one of the two cannot take part; ``QdrantError``.
    init(_ client: QdrantClient, to name: String) async throws {
        self.client = client
        settings = client.settings
        let aliases = try await client.aliases()
        guard let collection = aliases[settings.collection], aliases[settings.registryCollection] != nil else {
            throw SettingsError([
                "OHRA_QDRANT_COLLECTION '\(settings.collection)' and its registry are no aliases, so there is nothing that "
                    + "could be switched"
            ])
        }
        current = CollectionPair(collection: collection)
        next = CollectionPair(collection: aliases[name] ?? name)
        for name in [next.collection, next.registry] {
            guard try await client.collectionExists(name) else {
                throw SettingsError(["there is no collection '\(name)'; load it first (docs/OPERATIONS.md)"])
            }
        }
        guard next != current else {
            throw SettingsError(["'\(settings.collection)' is '\(next.collection)' already"])
        }
    }

    /// Compares the two registries.
    func gap() async throws(QdrantError) -> MigrationGap {
        var newest: [String: Marker] = [:]
        try await Registry(client: client, collection: current.registry).visitMarkers { markers in
            for marker in markers where marker.version >= newest[marker.documentID]?.version ?? marker.version {
                newest[marker.documentID] = marker
            }
        }
        let registry = Registry(client: client, collection: next.registry)
        let documents = newest.keys.sorted()
        var gap = MigrationGap()
        for start in stride(from: 0, to: documents.count, by: Self.documentsAtOnce) {
            let page = Array(documents[start..<min(start + Self.documentsAtOnce, documents.count)])
            let found = try await registry.latestMarkers(of: page)
            for marker in page.compactMap({ newest[$0] }) { gap.compare(marker, with: found[marker.documentID]) }
        }
        return gap
    }

    private static let documentsAtOnce = 256

    /// Moves both aliases in one request: readers see the former pair or the next one, never one of each.
    func switchAliases() async throws(QdrantError) {
        let names = [settings.collection, settings.registryCollection]
        try await client.changeAliases(
            removing: names, assigning: [names[0]: next.collection, names[1]: next.registry])
    }
}

extension Migration {
    /// Deletes a pair of collections that no name stands for any more.
    ///
    /// - Parameter force: also when other names than those of the settings stand for it.
    static func drop(_ name: String, force: Bool, _ client: QdrantClient) async throws {
        let pair = CollectionPair(collection: name)
        let aliases = try await client.aliases()
        if let collection = aliases[name] {
            throw SettingsError(["'\(name)' is another name of '\(collection)'; give that one"])
        }
        let users = aliases.filter { $0.value == pair.collection }.keys.sorted()
        if users.contains(client.settings.collection) || name == client.settings.collection {
            throw SettingsError(["'\(name)' is in use as '\(client.settings.collection)'; switch to another one first"])
        }
        guard users.isEmpty || force else {
            throw SettingsError(["'\(name)' is in use as \(users.joined(separator: ", ")); --force deletes it anyway"])
        }
        guard try await client.collectionExists(pair.registry) else {
            throw SettingsError(["there is no collection '\(pair.registry)', so '\(name)' is none of the fleet's"])
        }
        // The registry last: as long as it is there, this can be done again.
        try await client.deleteCollection(pair.collection)
        try await client.deleteCollection(pair.registry)
    }
}
