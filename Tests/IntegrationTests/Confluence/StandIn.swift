import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Platforms

import class Foundation.ProcessInfo

/// The Confluence of the Atlassian stand-in, in both editions over the same pages.
struct StandIn: Sendable {
    static let spaces = ["ENG", "HR", "OPS"]

    private let origin: String
    private let transport = CurlTransport()
    /// How far the site's clock is ahead.
    private let offset: TimeInterval

    /// A site as at its start, its clock at `moment` if given.
    init(at moment: Date? = nil) async throws {
        guard let control = ProcessInfo.processInfo.environment["OHRA_DEV_ATLASSIAN_CONTROL"] else {
            throw MissingStandIn()
        }
        origin = String(control.dropLast("/_control".count))
        offset = moment?.timeIntervalSinceNow ?? 0
        try await tell("/reset")
        try await tell("/clock", #"{"offset_seconds":\#(offset)}"#)
    }

    struct MissingStandIn: Error, CustomStringConvertible {
        var description: String { "OHRA_DEV_ATLASSIAN_CONTROL is not set; run dev/test" }
    }

    var now: Date { Date().addingTimeInterval(offset) }

    func source(_ edition: AtlassianEdition, spaces: [String] = []) throws -> ConfluenceSource {
        let offset = offset
        return ConfluenceSource(
            settings: AtlassianSettings(
                product: "CONFLUENCE",
                url: try ServiceURL(origin + (edition == .cloud ? "/wiki" : "/confluence"), schemes: ["http"]),
                email: edition == .cloud ? "robot@haneul.example" : nil, token: Secret("dev-token-haneul")),
            spaces: spaces, transport: transport, clock: ImpatientClock(),
            now: { Date().addingTimeInterval(offset) })
    }

    /// Asks the site to change something, and gives the id that it names.
    @discardableResult func tell(_ path: String, _ json: String = "{}", delete: Bool = false) async throws -> String? {
        let url = origin + "/_control" + path
        let request = delete ? HTTPRequest(.delete, url) : HTTPRequest.json(.post, url, body: Array(json.utf8))
        let answer = try await transport.send(request)
        try #require(answer.isSuccess, "\(path): \(answer.status)")
        return try JSONElement(parsing: answer.body)["id"]?.string
    }

    /// Sets the site's clock so far from ``now``.
    func shiftClock(by seconds: TimeInterval) async throws {
        try await tell("/clock", #"{"offset_seconds":\#(offset + seconds)}"#)
    }

    /// The ids that a search of Cloud finds.
    func searched(_ cql: String) async throws -> [String] {
        let answer = try await AtlassianClient(
            settings: try source(.cloud).settings, transport: transport
        ).get("/rest/api/content/search", [("cql", cql), ("limit", "1000")])
        return try ConfluenceSearch.results(answer).compactMap { $0["id"]?.string }
    }

    /// Every page and blog post there is.
    func pageIDs() async throws -> Set<String> {
        let answer = try await transport.send(HTTPRequest(.get, origin + "/_control/pages"))
        let pages = try #require(try JSONElement(parsing: answer.body).array)
        return Set(pages.compactMap { $0["id"]?.string })
    }
}

/// Every sleep ends at once.
struct ImpatientClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    var now: Instant { Instant(offset: .zero) }
    var minimumResolution: Duration { .nanoseconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}

extension ConfluenceSource {
    /// The last part of a document's id.
    static func number(_ id: String) -> String { id.split(separator: ":").last.map(String.init) ?? "" }

    /// Everything that changed since a moment, by page id. A page that comes twice is counted as a fault.
    func read(_ scopes: [String] = StandIn.spaces, since: Date = Date(timeIntervalSince1970: 0)) async throws
        -> [String: Document]
    {
        try await verify()
        var read: [String: Document] = [:]
        for try await page in documents(in: scopes, since: since) {
            for document in page {
                let known = read.updateValue(document, forKey: Self.number(document.id))
                #expect((known?.revision ?? 0) < document.revision, "\(document.id) came twice")
            }
        }
        return read
    }

    /// Version keys of all pages, by page id.
    func states() async throws -> [String: String] {
        try await verify()
        var states: [String: String] = [:]
        for scope in StandIn.spaces {
            for try await keys in versionKeys(in: scope) {
                for (id, key) in keys { states[Self.number(id)] = key }
            }
        }
        return states
    }

    func census(_ scopes: [String] = StandIn.spaces) async throws -> [String] {
        try await verify()
        var ids: [String] = []
        for scope in scopes {
            for try await page in identifiers(in: scope) { ids += page.map(Self.number) }
        }
        return ids
    }
}
