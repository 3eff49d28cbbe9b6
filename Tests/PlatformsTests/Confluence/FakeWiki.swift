import Foundation
import Shared
import Synchronization
import TestSupport

@testable import Platforms

/// A Confluence that answers each kind of question from a script of its own: the last answer again and again, an empty listing
/// where none is given.
final class FakeWiki: HTTPTransport {
    enum Question: Hashable, Sendable {
        case user
        case spaces
        /// Pages that changed in a window, and comments and attachments that did.
        case changedPages
        case changedChildren
        /// Comments and attachments of pages, pages by id, restrictions by id.
        case children
        case pagesByID
        case restrictions
        case permissions
        /// All pages of a space, by search, and all comments and attachments.
        case states
        case allChildren
        /// Listings of the database.
        case listing
    }

    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private struct State {
        var answers: [Question: [HTTPResponse]]
        var asked: [(question: Question, url: String)] = []
    }

    private let state: Mutex<State>

    init(_ answers: [Question: [HTTPResponse]] = [:]) { state = Mutex(State(answers: answers)) }

    /// The decoded addresses of the requests of one kind, in order.
    func asked(_ question: Question) -> [String] {
        state.withLock { $0.asked.filter { $0.question == question }.map(\.url) }
    }

    var allAsked: [String] { state.withLock { $0.asked.map(\.url) } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let url = request.url.removingPercentEncoding ?? request.url
        let question = Self.question(url)
        return state.withLock { state in
            state.asked.append((question, url))
            guard let answers = state.answers[question], let first = answers.first else { return Self.listing([]) }
            if answers.count > 1 { state.answers[question]?.removeFirst() }
            return first
        }
    }

    private static func question(_ url: String) -> Question {
        if url.contains("/user/current") { return .user }
        if url.contains("/spaces?") || url.contains("/rest/api/space?") { return .spaces }
        if url.contains("/permissions") { return .permissions }
        guard url.contains("/content/search?") else { return .listing }
        let isOfPages = url.contains("type in (page,blogpost)")
        if url.contains("container in (") { return .children }
        if url.contains("id in (") { return isOfPages ? .pagesByID : .restrictions }
        if url.contains("lastmodified") { return isOfPages ? .changedPages : .changedChildren }
        return isOfPages ? .states : .allChildren
    }

    // MARK: Answers

    static func listing(_ items: [String], next: String? = nil) -> HTTPResponse {
        let links = next.map { #"{"next":"\#($0)"}"# } ?? "{}"
        return FakeSite.json(
            #"{"results":[\#(items.joined(separator: ","))],"size":\#(items.count),"_links":\#(links)}"#)
    }

    static func failure(_ status: Int) -> HTTPResponse { FakeSite.json("{}", status: status) }

    static let engineering = listing([#"{"id":"98305","key":"ENG"}"#])

    static func page(
        _ id: Int, version: Int = 3, label: String = "a", ancestor: String = #"{"id":"1","title":"Home"}"#,
        restrictions: String? = noRestrictions, more: String = ""
    ) -> String {
        let restrictions = restrictions.map { #","restrictions":\#($0)"# } ?? ""
        return
            #"{"id":"\#(id)","type":"page","title":"제목 \#(id)\u200b","space":{"id":98305,"key":"ENG","name":"Engineering"},"version":{"number":\#(version),"when":"2026-11-20T01:11:12.345Z","by":{"displayName":"Kim","accountId":"7:a"}},"history":{"createdDate":"2025-01-02T03:04:05.000Z"},"ancestors":[\#(ancestor)],"metadata":{"labels":{"results":[{"name":"\#(label)"}]}},"body":{"storage":{"value":"<p>Hello <ac:link><ri:user ri:account-id=\"7:a\"/></ac:link></p>"}},"_links":{"webui":"/spaces/ENG/pages/\#(id)"}\#(restrictions)\#(more)}"#
    }

    static let noRestrictions = restrictions([], [])

    static func restrictions(_ users: [String], _ groups: [String], limit: Int = 200) -> String {
        let people = users.map { #"{"accountId":"\#($0)"}"# }.joined(separator: ",")
        let names = groups.map { #"{"name":"\#($0)"}"# }.joined(separator: ",")
        return
            #"{"read":{"restrictions":{"user":{"results":[\#(people)],"limit":\#(limit)},"group":{"results":[\#(names)],"limit":\#(limit)}}}}"#
    }

    /// Permission to read a space: a user, group or role by its id, as Cloud tells it.
    static func reads(_ type: String, _ id: String, _ operation: String = "read", _ target: String = "space") -> String
    {
        #"{"id":"1","principal":{"type":"\#(type)","id":"\#(id)"},"operation":{"key":"\#(operation)","targetType":"\#(target)"}}"#
    }

    static func comment(
        _ id: Int, on page: Int, by author: String = "Lee", at time: String = "2026-11-21T10:00:59.000Z",
        text: String = "Agreed", version: Int = 1, answers: Int? = nil, extensions: String = "{}"
    ) -> String {
        let parents = answers.map { #"{"id":"\#($0)"}"# } ?? ""
        return
            #"{"id":"\#(id)","type":"comment","container":{"id":"\#(page)","type":"page"},"history":{"createdBy":{"displayName":"\#(author)"},"createdDate":"\#(time)"},"version":{"number":\#(version)},"ancestors":[\#(parents)],"extensions":\#(extensions),"body":{"storage":{"value":"<p>\#(text)</p>"}}}"#
    }

    static func attachment(_ id: Int, on page: Int, _ name: String = "a.png", version: Int = 1) -> String {
        #"{"id":"att\#(id)","type":"attachment","title":"\#(name)","container":{"id":"\#(page)","type":"page"},"version":{"number":\#(version)}}"#
    }

    // MARK: The source

    func source(
        spaces: [String] = [], url: String = "https://Haneul.atlassian.net", edition: AtlassianEdition = .auto
    ) throws -> ConfluenceSource {
        ConfluenceSource(
            settings: try FakeSite.settings("CONFLUENCE", url: url, edition: edition), spaces: spaces, transport: self,
            clock: ImpatientClock(), now: { Self.now })
    }
}

extension ConfluenceSource {
    /// Everything that changed in the last 90 seconds.
    func changed(in spaces: [String] = ["ENG"]) async throws -> [Document] {
        var all: [Document] = []
        for try await page in documents(in: spaces, since: FakeWiki.now.addingTimeInterval(-90)) { all += page }
        return all
    }
}
