import FoundationEssentials
import Shared

/// A CQL query: which types, where, and since when.
struct ConfluenceQuery: Sendable {
    /// None for any.
    var types: [String]
    /// Conditions on space, container or id.
    var place: String
    var window: Window?

    /// Everything that changed since a moment.
    struct Window: Sendable {
        /// What the server's search index may lag behind.
        private static let shortestOverlap = 5
        private static let longestOverlap = 24 * 60
        /// Further than any two time zones are apart, which is what a literal may be off by.
        static let literalOverlap: TimeInterval = 26 * 3600

        let since: Date
        let now: @Sendable () -> Date

        /// Minutes before the server's now, rounded up: no time zone is in it, and clocks may differ.
        ///
        /// A tenth more than asked for: while a listing is read, the server's now moves on, and the start of its window with it.
        var relative: String {
            let elapsed = (now().timeIntervalSince(since) / 60).rounded(.up)
            // A century is everything; more could overflow at the server.
            let minutes = Int(min(max(elapsed, 0), 52_560_000))
            let overlap = max(Self.shortestOverlap, min(minutes / 10, Self.longestOverlap))
            return "lastmodified >= now(\"-\(minutes + overlap)m\")"
        }

        /// A date that lies before `since` in whichever zone the server reads it; nobody can ask for that zone.
        var literal: String {
            let start = max(since.timeIntervalSince1970 - Self.literalOverlap, 0)
            let minute = Moment(Date(timeIntervalSince1970: start)).minute
            return "lastmodified >= \"\(minute.dropLast(" UTC".utf8.count))\""
        }
    }

    init(types: [String], place: String, window: Window? = nil) {
        self.types = types
        self.place = place
        self.window = window
    }

    init(_ types: String..., place: String) { self.init(types: types, place: place) }

    /// The query with its window as seen from this moment, for all pages of a listing.
    func fixed() -> ConfluenceQuery {
        guard let window else { return self }
        var query = self
        let now = window.now()
        query.window = Window(since: window.since) { now }
        return query
    }

    /// What a window gives comes the newest first: what changes while it is read moves towards the pages that were read already
    /// and pushes nothing out of sight.
    ///
    /// - Parameter literal: the window as a date and not relative to the server's clock.
    func cql(literal: Bool) -> String {
        let what = types.isEmpty ? place : "type in (\(types.joined(separator: ","))) and \(place)"
        guard let window else { return what + " order by created" }
        return "\(what) and \(literal ? window.literal : window.relative) order by lastmodified desc"
    }

    static func spaces(_ keys: [String]) -> String {
        "space in (\(keys.map(ConfluenceSearch.quoted).joined(separator: ",")))"
    }
}
