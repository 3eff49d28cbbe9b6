/// The names that points are derived from (DESIGN §7): the same message always addresses the same points, and an old
/// message can never address a newer one.
public enum PointIdentity {
    /// The project's own namespace for UUIDv5. It must never change: every stored id depends on it.
    public static let namespace = PointID("6f1c2d3e-8a54-5b0e-9d27-0f8e4a6b1c90")!

    /// The id of one chunk's point.
    public static func chunk(documentID: String, version: DocumentVersion, fingerprint: String, index: Int) -> PointID {
        identifier([documentID, String(version.revision), String(version.epoch), fingerprint, String(index)])
    }

    /// The id of the commit marker of one state of a document.
    public static func marker(documentID: String, version: DocumentVersion) -> PointID {
        identifier([documentID, String(version.revision), String(version.epoch), "marker"])
    }

    /// The id of a record of another kind in the registry.
    public static func record(kind: String, name: String) -> PointID { identifier([kind, name]) }

    private static func identifier(_ fields: [String]) -> PointID {
        PointID(namespace: namespace, name: fields.joined(separator: "\u{1F}"))
    }
}
