extension QdrantClient {
    /// Refuses a server that is too old: it would ignore `update_mode` silently and overwrite what must stay.
    ///
    /// - Throws: ``SettingsError`` below ``QdrantVersion/minimum``; ``QdrantError``.
    public func requireSupportedVersion() async throws {
        let version = try await serverVersion()
        guard version >= .minimum else {
            throw SettingsError([
                "OHRA_QDRANT_URL: the server is Qdrant \(version), \(QdrantVersion.minimum) or later is needed"
            ])
        }
    }
}
