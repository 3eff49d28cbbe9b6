import Logging
import Platforms
import Shared

/// Compares the ids that a source has with those that the registry holds, to find what is gone.
///
/// Absence is believed only after every scope was listed to its end, and only up to a share per scope: a half-read listing
/// or a lost permission must not empty the collection.
struct Census {
    let source: any DocumentSource
    let registry: Registry
    let options: RunOptions
    let logger: Logger

    struct Plan {
        /// Markers of the documents to remove.
        var gone: [Marker] = []
        /// Scopes in which the brake held everything back.
        var braked: [String] = []
    }

    /// Lists every scope at the source and the registry's documents of those scopes.
    ///
    /// - Throws: ``SourceError`` when a listing is incomplete.
    func plan(scopes: [String]) async throws -> Plan {
        var existing: Set<String> = []
        for scope in scopes {
            for try await ids in source.identifiers(in: scope) { existing.formUnion(ids) }
        }
        var plan = Plan()
        for scope in scopes {
            // By id, as a document whose replacement is under way has two markers.
            var loaded: Set<String> = []
            var gone: [String: Marker] = [:]
            try await registry.visitLoadedDocuments(
                sourceType: type(of: source).name, instance: source.instance, scope: scope
            ) { markers in
                loaded.formUnion(markers.map(\.documentID))
                for marker in markers where !existing.contains(marker.documentID) {
                    if let other = gone[marker.documentID], other.version > marker.version { continue }
                    gone[marker.documentID] = marker
                }
            }
            judge(scope, loaded: loaded.count, gone: gone.values.sorted { $0.documentID < $1.documentID }, &plan)
        }
        return plan
    }

    private func judge(_ scope: String, loaded: Int, gone: [Marker], _ plan: inout Plan) {
        guard !gone.isEmpty else { return }
        let share = Double(gone.count) / Double(loaded)
        let metadata: Logger.Metadata = [
            "source": "\(type(of: source).name)", "scope": "\(scope)", "gone": "\(gone.count)", "loaded": "\(loaded)",
            "limit": "\(options.maximumRemovals)",
        ]
        if share > options.maximumRemovals, !options.forces {
            plan.braked.append(scope)
            logger.error(
                "More is gone than --max-removals allows, nothing is removed here; check the source, then use --force",
                metadata: metadata)
        } else {
            let level: Logger.Level = share > options.maximumRemovals ? .warning : .notice
            logger.log(level: level, "Documents gone at the source will be removed", metadata: metadata)
            plan.gone += gone
        }
    }
}

extension Marker {
    /// The change that removes the document of this marker and outlives any late replay of it.
    func tombstone(by run: RunIdentity) -> DocumentChange {
        let document = Document(
            id: documentID, title: title, content: "", url: url, author: "",
            updatedAt: Timestamp(run.startedAt).description, sourceType: sourceType,
            versionKey: versionKey, revision: version.revision, scope: scope, metadata: .emptyObject)
        return DocumentChange(
            document: document, epoch: max(run.startInMilliseconds, version.epoch + 1), isDeleted: true)
    }
}
