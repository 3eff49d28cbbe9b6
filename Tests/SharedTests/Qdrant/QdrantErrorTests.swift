import Shared
import TestSupport
import Testing

/// The error table of research/qdrant.md §6, and the client's own retries.
@Suite struct QdrantErrorTests {
    struct Row: Sendable {
        var status: Int
        var retryAfter: String?
        var code: QdrantError.Code
        var isRetriable = false
        var isFatal = false
        var isRejection = false
    }

    static let table: [Row] = [
        Row(status: 400, code: .rejected, isRejection: true), Row(status: 422, code: .rejected, isRejection: true),
        Row(status: 413, code: .rejected, isRejection: true),
        Row(status: 401, code: .credentialsRefused, isFatal: true),
        Row(status: 403, code: .credentialsRefused, isFatal: true),
        Row(status: 404, code: .collectionMissing), Row(status: 409, code: .alreadyExists),
        Row(status: 408, code: .unavailable, isRetriable: true),
        Row(status: 500, code: .unavailable, isRetriable: true),
        Row(status: 502, code: .unavailable, isRetriable: true),
        Row(status: 503, code: .unavailable, isRetriable: true),
        Row(status: 429, retryAfter: "7", code: .rateLimited, isRetriable: true),
        Row(status: 429, code: .tooCostly, isRejection: true), Row(status: 507, code: .overQuota, isRetriable: true),
        Row(status: 302, code: .unexpectedAnswer, isRetriable: true),
    ]

    @Test(arguments: table)
    func statusDecides(row: Row) async {
        let headers = row.retryAfter.map { [(name: "retry-after", value: $0)] } ?? []
        let text = #"{"result":null,"status":{"error":"Wrong input: bad"},"time":0}"#
        let error = await failure([.json(status: row.status, text, headers: headers)])
        #expect(error?.code == row.code)
        #expect(error?.isRetriable == row.isRetriable)
        #expect(error?.isFatal == row.isFatal)
        #expect(error?.isRejection == row.isRejection)
        #expect(error?.retryAfter == (row.retryAfter == nil ? nil : .seconds(7)))
        #expect(error?.message == "HTTP \(row.status): Wrong input: bad")
    }

    @Test(arguments: [
        (HTTPError.Code.connectionFailed, QdrantError.Code.unavailable), (.timedOut, .unavailable),
        (.interrupted, .unavailable),
        (.tls, .misconfigured), (.invalidRequest, .misconfigured), (.cancelled, .cancelled),
        (.responseTooLarge, .rejected),
    ])
    func transportFaultsAreMapped(http: HTTPError.Code, code: QdrantError.Code) async {
        #expect(await failure([.fail(http)])?.code == code)
    }

    @Test func onlyQdrantsWordsAreKept() async {
        let long = String(repeating: "x", count: 500)
        let error = await failure([
            .json(status: 400, #"{"status":{"error":"a\nb\u001b[31m\#(long)"},"payload":"document text"}"#)
        ])
        #expect(error?.message.contains("document") == false)
        #expect(error?.message.hasPrefix(#"HTTP 400: a\nb\u{"#) == true)
        #expect(error?.message.unicodeScalars.contains { $0.value < 0x20 } == false)
        #expect((error?.message.count ?? 0) < 240)
        #expect(await failure([.json(status: 401, "Must provide an API key: secret")])?.message == "HTTP 401")
        #expect(await failure([.json(status: 500, "")])?.message == "HTTP 500")
    }

    @Test(arguments: ["", "<html>", "{}", #"{"result":{}}"#, #"{"result":{"status":5}}"#])
    func unreadableSuccessIsUnexpected(text: String) async {
        #expect(await failure([.json(text)])?.code == .unexpectedAnswer)
    }

    @Test(arguments: ["acknowledged", "wait_timeout"])
    func onlyCompletedIsSuccess(status: String) async {
        let error = await failure([.json(#"{"result":{"status":"\#(status)","operation_id":1},"status":"ok"}"#)])
        #expect(error?.code == .notCompleted)
        #expect(error?.isRetriable == true)
    }

    @Test func passingFaultsAreTriedThreeTimes() async throws {
        let clock = ManualClock()
        let done = #"{"result":{"status":"completed"}}"#
        let http = ScriptedHTTP([
            .fail(.interrupted), .json(status: 503, "", headers: [("retry-after", "20")]), .json(done),
        ])
        try await QdrantClient(transport: http, settings: .local, clock: clock).upsert("c", body)
        #expect(http.requests.count == 3)
        #expect(clock.sleeps.count == 2)
        #expect(clock.sleeps[0] <= .milliseconds(400))
        #expect(clock.sleeps[1] == .seconds(20))

        let down = ScriptedHTTP([], then: .json(status: 500, ""))
        await #expect(throws: QdrantError.self) {
            try await QdrantClient(transport: down, settings: .local, clock: clock).upsert("c", body)
        }
        #expect(down.requests.count == 3)
    }

    @Test(arguments: [400, 401, 404, 429, 507])
    func lastingFaultsAreTriedOnce(status: Int) async {
        let http = ScriptedHTTP([], then: .json(status: status, ""))
        await #expect(throws: QdrantError.self) {
            try await QdrantClient(transport: http, settings: .local, clock: ManualClock()).upsert("c", body)
        }
        #expect(http.requests.count == 1)
    }

    @Test func longRetryAfterIsLeftToTheCaller() async {
        let http = ScriptedHTTP([], then: .json(status: 429, "", headers: [("retry-after", "31")]))
        let error = await #expect(throws: QdrantError.self) {
            try await QdrantClient(transport: http, settings: .local, clock: ManualClock()).upsert("c", body)
        }
        #expect(error?.retryAfter == .seconds(31))
        #expect(http.requests.count == 1)
    }

    @Test func keyIsSentAndNeverShown() async {
        var settings = QdrantSettings.local
        settings.apiKey = Secret("canary")
        let http = ScriptedHTTP([.json(status: 401, "Invalid API key canary")])
        let error = await #expect(throws: QdrantError.self) {
            try await QdrantClient(transport: http, settings: settings).collectionInfo("c")
        }
        #expect(http.requests[0].headers.contains { $0.name == "api-key" && $0.value == "canary" })
        #expect(error.map { "\($0) \(String(reflecting: $0)) \(settings)" }?.contains("canary") == false)
    }

    private var body: PointsBody {
        var body = PointsBody()
        body.append(id: PointID(bytes: [UInt8](repeating: 1, count: 16))!, vector: [1]) { $0.object { _ in } }
        return body
    }

    private func failure(_ steps: [ScriptedHTTP.Step]) async -> QdrantError? {
        let client = QdrantClient(transport: ScriptedHTTP(steps), settings: .local, retries: .never)
        return await #expect(throws: QdrantError.self) { try await client.upsert("c", body) }
    }
}

extension QdrantSettings {
    static var local: QdrantSettings {
        guard let url = try? ServiceURL(defaultURL, schemes: ["http"]) else { preconditionFailure("a constant URL") }
        return QdrantSettings(url: url)
    }
}
