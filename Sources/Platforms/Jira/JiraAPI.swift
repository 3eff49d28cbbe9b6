import FoundationEssentials
import Shared
import Synchronization

/// The Jira behind an address: which edition it is, and what its fields are called. Each is asked once.
final class JiraAPI: Sendable {
    let client: AtlassianClient
    private let configuredFields: [String]
    private let known: Mutex<Known>

    private struct Known {
        /// `.auto` until it is known.
        var edition: AtlassianEdition
        var fields: JiraFields?
        /// What to add to our clock to get the server's, in milliseconds.
        var skew: Int?
    }

    /// - Parameter configuredFields: further fields to read, by name or id.
    init(client: AtlassianClient, configuredFields: [String]) {
        self.client = client
        self.configuredFields = configuredFields
        known = Mutex(Known(edition: client.settings.edition))
    }

    /// `.cloud` or `.datacenter`.
    func edition() async throws(SourceError) -> AtlassianEdition {
        let edition = known.withLock { $0.edition }
        guard edition == .auto else { return edition }
        try await askServer()
        return known.withLock { $0.edition }
    }

    /// How far the server's clock was ahead of ours, in milliseconds, when ``askServer()`` was called last; nil before.
    var skew: Int? { known.withLock { $0.skew } }

    /// Asks the server which edition it is, unless that is set, and what time it has.
    func askServer() async throws(SourceError) {
        let info = try await client.get("/rest/api/2/serverInfo")
        guard info["deploymentType"] != nil || info["version"] != nil else {
            throw SourceError(
                .unexpectedAnswer,
                "\(client.base) does not say which Jira it is; check \(names.url) or set \(names.edition)")
        }
        let time = info["serverTime"]?.string.flatMap(Moment.init)
        known.withLock { known in
            if known.edition == .auto {
                known.edition = info["deploymentType"]?.string == "Cloud" ? .cloud : .datacenter
            }
            if let time { known.skew = time.milliseconds - Moment(Date()).milliseconds }
        }
    }

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
