/// Where the chunks and their registry really are.
///
/// The names in the settings (`ohra`, `ohra_registry`) are aliases of a pair of collections (`ohra_v1`, `ohra_v1_registry`),
/// so that a migration can switch readers from one pair to another at once. A collection that was made by hand under the
/// very name of the settings is used as it is.
public struct CollectionPair: Sendable, Equatable {
    private static let registrySuffix = "_registry"

    /// The collection of the chunks, whether it exists yet or not.
    public let collection: String

    public init(collection: String) { self.collection = collection }

    public var registry: String { Self.registry(of: collection) }

    static func registry(of name: String) -> String { name + registrySuffix }

    /// The pair that a registry belongs to.
    fileprivate init?(registry: String) {
        guard registry.hasSuffix(Self.registrySuffix) else { return nil }
        self.init(collection: String(registry.dropLast(Self.registrySuffix.count)))
    }
}

extension QdrantClient {
    /// The pair that the settings' names stand for, or will stand for once it is created.
    public func collectionPair() async throws(QdrantError) -> CollectionPair {
        let names = [settings.collection, settings.registryCollection]
        // Before the aliases: a name that exists, and is no alias even then, is a collection.
        var areThere = false
        for name in names where try await collectionExists(name) { areThere = true }
        let aliases = try await aliases()
        if let name = aliases[settings.collection] { return CollectionPair(collection: name) }
        // The registry comes first; it also remembers the pair when its collection was deleted.
        if let pair = aliases[settings.registryCollection].flatMap({ CollectionPair(registry: $0) }) { return pair }
        return CollectionPair(collection: areThere ? settings.collection : settings.collection + "_v1")
    }

    /// The settings with the names of the collections themselves: whoever writes stays with one pair, whatever a migration
    /// does to the aliases meanwhile.
    public func pinnedSettings() async throws(QdrantError) -> QdrantSettings {
        var pinned = settings
        pinned.collection = try await collectionPair().collection
        return pinned
    }

    /// Lets an alias stand for a collection, unless it stands for one already: only a migration moves it.
    public func ensureAlias(_ alias: String, of collection: String) async throws(QdrantError) {
        guard alias != collection, try await aliases()[alias] == nil else { return }
        try await changeAliases(assigning: [alias: collection])
    }
}
