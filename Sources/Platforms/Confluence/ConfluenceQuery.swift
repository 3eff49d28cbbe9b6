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
        static let overlapInMinutes = 5
        /// Further than any two time zones are apart, which is what a literal may be off by.
        static let literalOverlap: TimeInterval = 26 * 3600

        let since: Date
        let now: @Sendable () -> Date

        /// Minutes before the server's now, rounded up: no time zone is in it, and clocks may differ.
        var relative: String {
            let minutes = (now().timeIntervalSince(since) / 60).rounded(.up)
            // A century is everything; more could overflow at the server.
            let asked = Int(min(max(minutes, 0), 52_560_000)) + Self.overlapInMinutes
            return "lastmodified >= now(\"-\(asked)m\")"
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

    /// - Parameters:
    ///   - literal: the window as a date and not relative to the server's clock.
    ///   - newestFirst: the order of what a window gives.
    func cql(literal: Bool, newestFirst: Bool) -> String {
        let what = types.isEmpty ? place : "type in (\(types.joined(separator: ","))) and \(place)"
        guard let window else { return what + " order by created" }
        let order = newestFirst ? "lastmodified desc" : "lastmodified"
        return "\(what) and \(literal ? window.literal : window.relative) order by \(order)"
    }

    static func spaces(_ keys: [String]) -> String {
        "space in (\(keys.map(ConfluenceSearch.quoted).joined(separator: ",")))"
    }
}
