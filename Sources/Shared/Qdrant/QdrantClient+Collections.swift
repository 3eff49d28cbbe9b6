extension QdrantClient {
    /// Whether a collection, or an alias of one, has this name.
    public func collectionExists(_ collection: String) async throws(QdrantError) -> Bool {
        try await call(.get, collection: collection, "/exists") { $0["exists"]?.bool }
    }

    /// - Throws: ``QdrantError/Code/collectionMissing`` and others.
    public func collectionInfo(_ collection: String) async throws(QdrantError) -> CollectionInfo {
        try await call(.get, collection: collection, "") { CollectionInfo($0) }
    }

    /// Creates a collection with one unnamed dense vector; one that exists stays as it is, whatever its parameters.
    ///
    /// - Parameters:
    ///   - vectorSize: 1…65,536 numbers.
    ///   - sparseVectors: names of sparse vectors, scored with inverse document frequency.
    /// - Returns: false when the collection existed.
    @discardableResult
    public func createCollection(
        _ collection: String, vectorSize: Int, distance: VectorDistance, sparseVectors: [String] = [],
        layout: CollectionLayout = CollectionLayout()
    ) async throws(QdrantError) -> Bool {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("vectors")
            writer.object { writer in
                writer.member("size", vectorSize)
                writer.member("distance", distance.rawValue)
                if layout.vectorsAreOnDisk { writer.member("on_disk", true) }
            }
            layout.writeMembers(to: &writer, replicas: settings.replicas)
            guard !sparseVectors.isEmpty else { return }
            writer.key("sparse_vectors")
            writer.object { writer in
                for name in sparseVectors {
                    writer.key(name)
                    writer.object { $0.member("modifier", "idf") }
                }
            }
        }
        do {
            return try await call(.put, collection: collection, "", body: writer.bytes) { $0.bool }
        } catch  where error.code == .alreadyExists {
            return false
        }
    }

    /// Deletes a collection, or the one that an alias stands for, with all its points and aliases.
    ///
    /// - Returns: false when there was none.
    @discardableResult
    public func deleteCollection(_ collection: String) async throws(QdrantError) -> Bool {
        let name = try await aliases()[collection] ?? collection
        return try await call(.delete, collection: name, "") { $0.bool }
    }

    /// Creates the index of a payload field and waits for it. The same index again changes nothing.
    public func createPayloadIndex(
        _ collection: String, field: String, type: PayloadIndexType
    ) async throws(QdrantError) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("field_name", field)
            writer.member("field_schema", type.rawValue)
        }
        try await write(.put, collection, "/index", writer.bytes)
    }

    /// All aliases: the collection that each stands for.
    public func aliases() async throws(QdrantError) -> [String: String] {
        try await call(.get, collection: nil, "/aliases") { result in
            guard let list = result["aliases"]?.array else { return nil }
            var aliases: [String: String] = [:]
            for entry in list {
                guard let alias = entry["alias_name"]?.string, let name = entry["collection_name"]?.string else {
                    return nil
                }
                aliases[alias] = name
            }
            return aliases
        }
    }

    /// Lets aliases stand for other collections, all at once: readers see the old state or the new one.
    ///
    /// - Parameters:
    ///   - removing: aliases that go first.
    ///   - assigning: the collection of each alias; one that existed is moved.
    public func changeAliases(removing: [String] = [], assigning: [String: String] = [:]) async throws(QdrantError) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("actions")
            writer.array { writer in
                for alias in removing { Self.aliasAction("delete_alias", alias, nil, to: &writer) }
                for (alias, name) in assigning.sorted(by: { $0.key < $1.key }) {
                    Self.aliasAction("create_alias", alias, name, to: &writer)
                }
            }
        }
        _ = try await call(.post, collection: nil, "/collections/aliases", body: writer.bytes) { $0.bool }
    }

    private static func aliasAction(_ action: String, _ alias: String, _ name: String?, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key(action)
            writer.object { writer in
                if let name { writer.member("collection_name", name) }
                writer.member("alias_name", alias)
            }
        }
    }
}
