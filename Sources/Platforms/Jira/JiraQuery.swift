import Shared

/// The JQL of some projects.
struct JiraQuery: Sendable {
    /// The date that a listing is bounded and ordered by. It never falls while the listing goes on: an issue that is edited
    /// moves to the end, where it comes again.
    enum Order: String, Sendable {
        case updated
        /// For a census: it never changes.
        case created
    }

    let projects: [String]
    /// ANDed to the rest.
    let condition: String?

    var bounded: String {
        let keys = projects.map(ConfluenceSearch.quoted).joined(separator: ",")
        return "project in (\(keys))" + (condition.map { " AND (\($0))" } ?? "")
    }

    /// - Parameter start: milliseconds since 1970, nil for everything.
    ///
    /// A bare number is milliseconds since 1970; a literal would be read in the time zone of the account's profile.
    /// https://confluence.atlassian.com/spaces/JIRA052 "JQL Date Time Formats"
    func jql(_ order: Order, from start: Int?) -> String {
        bounded + (start.map { " AND \(order) >= \($0)" } ?? "") + " ORDER BY \(order) ASC, key ASC"
    }

    /// The same with minutes before the server's now, for servers that take no number. Up to two minutes more.
    ///
    /// - Parameter now: the server's time, milliseconds since 1970.
    func relativeJQL(_ order: Order, from start: Int?, now: Int) -> String {
        let minutes = start.map { max(0, now - $0) / 60_000 + 2 }
        return bounded + (minutes.map { " AND \(order) >= \"-\($0)m\"" } ?? "") + " ORDER BY \(order) ASC, key ASC"
    }
}
