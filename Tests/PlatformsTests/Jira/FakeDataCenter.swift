import FoundationEssentials
import Shared
import Synchronization

@testable import Platforms

/// A Jira Data Center with nothing but issues: searches by offset as the real one does, with its limits, while issues change.
final class FakeDataCenter: HTTPTransport {
    struct Issue: Sendable {
        var id: Int
        var key: String
        /// Milliseconds since 1970.
        var updated: Int
        var created: Int
        var summary = "s"
    }

    struct State: Sendable {
        var issues: [Issue] = []
        /// Offset and page together may not pass it.
        var resultWindow = 10_000
        var pageCap = 1000
        var readsMilliseconds = true
        /// Minutes east of Greenwich that dates are written in.
        var zone = 9 * 60
        /// Pages of more issues than this end in a timeout.
        var heaviest = Int.max
        var clock = 1_795_000_000_000
        var searches = 0
        var largestEnd = 0
        /// Changes the issues just before a search is answered.
        var meanwhile: (@Sendable (inout State) -> Void)?

        /// Edits an issue now: it moves to the end of the order.
        mutating func edit(_ index: Int) {
            clock += 1
            issues[index].updated = clock
            issues[index].summary = "edited at \(clock)"
        }
    }

    let state: Mutex<State>

    init(_ prepare: (inout State) -> Void = { _ in }) {
        var initial = State()
        prepare(&initial)
        state = Mutex(initial)
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let path = request.url.split(separator: "/rest/api/").last.map(String.init) ?? ""
        if path.hasPrefix("2/serverInfo") {
            let time = state.withLock { date($0.clock, $0.zone) }
            return FakeSite.json(#"{"deploymentType":"Server","version":"10.3.2","serverTime":"\#(time)"}"#)
        }
        if path.hasPrefix("2/myself") { return FakeSite.json(#"{"name":"robot"}"#) }
        if path.hasPrefix("2/field") { return FakeSite.json("[]") }
        if path.hasPrefix("2/project/") { return FakeSite.json(#"{"key":"OPS"}"#) }
        guard path == "2/search", let body = try? JSONElement(parsing: request.body ?? []) else {
            return FakeSite.json("{}", status: 404)
        }
        return try state.withLock { state throws(HTTPError) in try search(body, &state) }
    }

    private func search(_ body: JSONElement, _ state: inout State) throws(HTTPError) -> HTTPResponse {
        state.searches += 1
        state.meanwhile?(&state)
        let (start, asked) = (body["startAt"]?.int ?? 0, body["maxResults"]?.int ?? 50)
        if asked > state.heaviest { throw HTTPError(.timedOut, endpoint: "dc:80", message: "too slow") }
        if start + asked > state.resultWindow {
            return FakeSite.json(#"{"errorMessages":["Search limit exceeded."]}"#, status: 500)
        }
        let jql = body["jql"]?.string ?? ""
        let isByUpdate = jql.contains("ORDER BY updated ASC, key ASC")
        guard isByUpdate || jql.contains("ORDER BY created ASC, key ASC") else {
            return FakeSite.json(#"{"errorMessages":["no order"]}"#, status: 400)
        }
        var from = Int.min
        if let bound = jql.split(separator: " >= ").dropFirst().first?.prefix(while: { $0 != " " }) {
            if let number = Int(bound) {
                guard state.readsMilliseconds else {
                    let text = #"Date value '\#(number)' for field 'updated' is invalid."#
                    return FakeSite.json(#"{"errorMessages":["\#(text)"]}"#, status: 400)
                }
                from = number
            } else if let minutes = Int(bound.filter(\.isNumber)) {
                from = state.clock - minutes * 60_000
            }
        }
        // Dates are indexed by second, as the real one does.
        func date(_ issue: Issue) -> Int { (isByUpdate ? issue.updated : issue.created) / 1000 }
        let found = state.issues.filter { from == .min || date($0) >= from / 1000 }.sorted {
            (date($0), $0.id) < (date($1), $1.id)
        }
        let page = found.dropFirst(start).prefix(min(asked, state.pageCap))
        state.largestEnd = max(state.largestEnd, start + page.count)
        let texts = page.map { json($0, state.zone) }.joined(separator: ",")
        return FakeSite.json(
            #"{"startAt":\#(start),"maxResults":\#(asked),"total":\#(found.count),"issues":[\#(texts)]}"#)
    }

    private func json(_ issue: Issue, _ zone: Int) -> String {
        #"{"id":"\#(issue.id)","key":"\#(issue.key)","fields":{"summary":"\#(issue.summary)","project":{"key":"OPS"},"updated":"\#(date(issue.updated, zone))","created":"\#(date(issue.created, zone))","comment":{"comments":[],"total":0}}}"#
    }

    private func date(_ milliseconds: Int, _ zone: Int) -> String {
        let local = Moment(Date(timeIntervalSince1970: Double(milliseconds + zone * 60_000) / 1000)).rfc3339.dropLast()
        let (hours, minutes) = (abs(zone) / 60, abs(zone) % 60)
        return "\(local)\(zone < 0 ? "-" : "+")\(hours < 10 ? "0" : "")\(hours)\(minutes < 10 ? "0" : "")\(minutes)"
    }
}
