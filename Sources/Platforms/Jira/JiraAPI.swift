import Shared
import Synchronization

/// The Jira behind an address: which edition it is, and what its fields are called. Each is asked once.
final class JiraAPI: Sendable {
    let client: AtlassianClient
    private let configuredFields: [String]
    private let known = Mutex<(edition: AtlassianEdition, fields: JiraFields?)>((.auto, nil))

    /// - Parameter configuredFields: further fields to read, by name or id.
    init(client: AtlassianClient, configuredFields: [String]) {
        self.client = client
        self.configuredFields = configuredFields
        known.withLock { $0.edition = client.settings.edition }
    }

    /// `.cloud` or `.datacenter`.
    func edition() async throws(SourceError) -> AtlassianEdition {
        let edition = known.withLock { $0.edition }
        guard edition == .auto else { return edition }
        let info = try await serverInfo()
        guard info["deploymentType"] != nil || info["version"] != nil else {
            throw SourceError(
                .unexpectedAnswer,
                "\(client.base) does not say which Jira it is; check \(names.url) or set \(names.edition)")
        }
        let found: AtlassianEdition = info["deploymentType"]?.string == "Cloud" ? .cloud : .datacenter
        known.withLock { $0.edition = found }
        return found
    }

    func serverInfo() async throws(SourceError) -> JSONElement { try await client.get("/rest/api/2/serverInfo") }

    /// Where the edition's own part of the API lies. Version 3 gives bodies as ADF; Data Center has version 2 only.
    func root() async throws(SourceError) -> String { try await edition() == .cloud ? "/rest/api/3" : "/rest/api/2" }

    func fields() async throws(SourceError) -> JiraFields {
        if let fields = known.withLock({ $0.fields }) { return fields }
        let listing = try await client.get(try await root() + "/field")
        guard let entries = listing.array else {
            throw SourceError(.unexpectedAnswer, "Jira: a listing of fields that is none")
        }
        let fields = try JiraFields(entries: Array(entries), configured: configuredFields)
        known.withLock { $0.fields = fields }
        return fields
    }

    private var names: AtlassianSettings.Names { .init(product: client.settings.product) }
}
