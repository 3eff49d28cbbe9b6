import Shared
import TestSupport

@testable import Platforms

/// A Jira that answers by itself what is asked once, and the rest from a script.
struct FakeJira: HTTPTransport {
    let http: ScriptedHTTP
    let edition: AtlassianEdition
    let fields: String
    /// Permissions are part of the script; otherwise they are refused, as to most accounts.
    let tellsReaders: Bool

    init(
        _ steps: [ScriptedHTTP.Step], then fallback: ScriptedHTTP.Step? = nil, edition: AtlassianEdition = .cloud,
        fields: String = "[]", tellsReaders: Bool = false
    ) {
        self.tellsReaders = tellsReaders
        http = ScriptedHTTP(steps, then: fallback)
        self.edition = edition
        self.fields = fields
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if request.url.hasSuffix("/field") { return FakeSite.json(fields) }
        if request.url.hasSuffix("/2/serverInfo") {
            return FakeSite.json(#"{"deploymentType":"\#(edition == .cloud ? "Cloud" : "Server")","version":"1"}"#)
        }
        if !tellsReaders, ["/permissionscheme?", "/level/member?"].contains(where: request.url.contains) {
            return FakeSite.json(#"{"errorMessages":["You cannot view this."]}"#, status: 403)
        }
        return try await http.send(request)
    }

    func source(
        fields: [String] = [], restricted: Bool = false, condition: String? = nil
    ) throws -> JiraSource {
        JiraSource(
            settings: try FakeSite.settings("JIRA", url: "https://haneul.atlassian.net/wiki"), projects: ["ops"],
            condition: condition, fields: fields, includesRestrictedComments: restricted, transport: self,
            clock: ImpatientClock())
    }
}
