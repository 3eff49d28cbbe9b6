import Shared
import Synchronization

/// One site: where its API lies and which edition answers there, both found out by asking it.
final class ConfluenceSite: Sendable {
    let settings: AtlassianSettings
    private let candidates: [AtlassianClient]
    private let state: Mutex<State>

    private struct State {
        /// Index of the candidate that answered.
        var chosen = 0
        var edition: AtlassianEdition
        /// The server refuses `now("-5m")`.
        var wantsDateLiterals = false
    }

    init(settings: AtlassianSettings, transport: any HTTPTransport, clock: any Clock<Duration>) {
        self.settings = settings
        candidates = Self.contextPaths(settings).map {
            AtlassianClient(settings: settings, contextPath: $0, transport: transport, clock: clock)
        }
        state = Mutex(State(edition: settings.edition == .auto ? .cloud : settings.edition))
    }

    var client: AtlassianClient { candidates[state.withLock { $0.chosen }] }

    var isCloud: Bool { state.withLock { $0.edition } == .cloud }

    var wantsDateLiterals: Bool {
        get { state.withLock { $0.wantsDateLiterals } }
        set { state.withLock { $0.wantsDateLiterals = newValue } }
    }

    /// Where people open pages.
    var browserBase: String {
        settings.url.host == AtlassianSettings.gateway ? settings.browserBase + "/wiki" : client.base
    }

    /// Asks who we are, at each address in turn; only "nothing there" leads to the next one.
    func currentUser() async throws(SourceError) -> JSONElement {
        var first: SourceError?
        for (index, client) in candidates.enumerated() {
            do throws(SourceError) {
                let user = try await client.get("/rest/api/user/current")
                state.withLock { state in
                    state.chosen = index
                    // Cloud knows people by account id only, Data Center never by it.
                    if settings.edition == .auto {
                        state.edition = user["accountId"] == nil ? .datacenter : .cloud
                    }
                }
                return user
            } catch {
                guard error.code == .rejected || error.code == .unexpectedAnswer else { throw error }
                first = first ?? error
            }
        }
        throw first ?? SourceError(.unexpectedAnswer, "Confluence: no address to try")
    }

    /// Where the API may lie: Cloud keeps it below `/wiki`, Data Center anywhere.
    private static func contextPaths(_ settings: AtlassianSettings) -> [String] {
        let url = settings.url
        if url.path.hasSuffix("/wiki") { return [url.path] }
        if settings.edition == .cloud || url.host.hasSuffix(".atlassian.net") || url.host == AtlassianSettings.gateway {
            return [url.path + "/wiki"]
        }
        return [url.path, url.path + "/wiki"]
    }
}
