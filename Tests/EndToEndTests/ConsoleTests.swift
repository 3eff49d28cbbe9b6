import Logging
import Shared
import TestSupport
import Testing

/// `ohra console` over HTTP, before a real fleet.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ConsoleTests {
    /// The console of a fleet as a browser that came by the printed address sees it.
    private struct Browser {
        let base: String
        let cookie: String
        let transport = CurlTransport()

        func send(
            _ method: HTTPRequest.Method, _ path: String, _ form: String? = nil, origin: String? = nil
        ) async throws -> HTTPResponse {
            var headers = [("Cookie", cookie), ("Origin", origin ?? base)]
            if form != nil { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
            return try await transport.send(
                HTTPRequest(method, base + path, headers: headers, body: form.map { Array($0.utf8) }))
        }

        func page(_ path: String) async throws -> String {
            let answer = try await send(.get, path)
            #expect(answer.status == 200, "\(path)")
            return String(decoding: answer.body, as: UTF8.self)
        }
    }

    private func withConsole(
        _ fleet: Fleet, with extra: [String: String] = [:], _ body: (Browser) async throws -> Void
    ) async throws {
        let run = try fleet.start("ohra", ["console", "--port", "0"], with: extra)
        let address = try await run.firstLine()
        let parts = address.split(separator: "/?token=")
        try #require(parts.count == 2)
        let base = String(parts[0])
        let welcome = try await CurlTransport().send(HTTPRequest(.get, address))
        #expect(welcome.status == 303 && welcome[header: "location"] == "/")
        let cookie = try #require(welcome[header: "set-cookie"]?.split(separator: ";").first)
        try await body(Browser(base: base, cookie: String(cookie)))
        run.terminate()
        let output = try await run.output()
        #expect(output.status == 0, "\(output.complaint)")
        #expect(!output.stderr.contains(parts[1]), "the token is logged")
    }

    private func kill(_ number: Int, _ fleet: Fleet) async throws {
        let change = DocumentChange(document: .sample("files:test:\(number)", content: "secret \(number)"), epoch: 1)
        let message = MessageEnvelope(type: DocumentsMessage.type, run: "r1", source: "files")
            .publishing(exchange: "", routingKey: "", body: DocumentsMessage([change]).body)
        let letter = DeadLetter(
            stage: .documents, fault: Fault("embedding_invalid", "<script>\(number)</script>"), documentID: nil)
        let publisher = Publisher(settings: fleet.broker, name: "e2e publish", logger: Logger(label: "e2e"))
        try await publisher.publish(
            letter.publishing(of: message.body, properties: message.properties, topology: fleet.topology))
        await publisher.close()
    }

    private func ids(_ page: String) -> [String] {
        page.split(separator: "name=\"id\" value=\"").dropFirst().compactMap {
            $0.split(separator: "\"").first.map(String.init)
        }
    }

    @Test func pagesShowWhatTheCommandsShow() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("extractor", "jira", "--since", "2020-01-01")
            try await fleet.drain()
            try await withConsole(fleet) { browser in
                let documents = try await fleet.run("ohra", "status", "--json").stdout
                let count = try #require(try JSONElement(parsing: Array(documents.utf8))["documents"]?.int)
                let overview = try await browser.page("/")
                #expect(overview.contains("<dd>\(count)<small>"))
                #expect(
                    overview.contains("\(fleet.topology.workQueue(.documents))</td>") && overview.contains(">jira<"))
                #expect(try await browser.page("/live").hasPrefix("<dl"))

                let hits = try await browser.page("/search?q=FLEET-20+compressor&by=words&limit=5")
                #expect(hits.contains("FLEET-20: Compressor short cycling floods the event table"))
                let trace = try #require(hits.split(separator: "href=\"/trace?document=").dropFirst().first)
                let id = try #require(trace.split(separator: "\"").first)
                #expect(try await browser.page("/trace?document=\(id)").contains("<strong>loaded</strong>"))
                #expect(try await browser.page("/trace?document=nobody").contains("<strong>unknown</strong>"))
                #expect(try await browser.page("/trace?document=a&since=soon").contains("is no date"))
                let check = try await browser.page("/check")
                #expect(check.contains("Everything works") && check.contains(">broker<"))
                #expect(try await browser.send(.get, "/nowhere").status == 404)
            }
        }
    }

    @Test func deadLettersAreShownReplayedAndDiscarded() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("loader", "--drain", "--idle", "0.5")
            for number in 1...3 { try await kill(number, fleet) }
            try await withConsole(fleet) { browser in
                let list = try await browser.page("/dead")
                let letters = ids(list)
                #expect(letters.count == 3 && list.contains("embedding_invalid"))
                #expect(!list.contains("<script>1") && list.contains("&lt;script&gt;1") && !list.contains("secret"))
                let one = "/dead/letter?id=\(letters[0])"
                // One after another: what one page holds, another could not see.
                async let first = browser.page("/dead")
                async let second = browser.page("/dead")
                async let third = browser.page(one)
                let pages = try await (first, second, third)
                #expect(ids(pages.0) == letters && ids(pages.1) == letters && !pages.2.contains("secret"))
                #expect(try await browser.page("/dead?reason=other").contains("No dead letters that match"))
                #expect(try await browser.page(one + "&body=yes").contains("secret"))

                // Nothing happens for others, without a choice, or before it is confirmed.
                let action = "action=replay&id=\(letters[0])"
                #expect(try await browser.send(.post, "/dead", action, origin: "http://evil.example").status == 403)
                #expect(try await browser.send(.post, "/dead", "action=replay").status == 200)
                let question = try await browser.send(.post, "/dead", "action=discard-all")
                #expect(String(decoding: question.body, as: UTF8.self).contains("Discard 3 dead letters?"))
                #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 3)

                let replayed = try await browser.send(.post, "/dead", action)
                #expect(replayed.status == 303)
                let after = try #require(replayed[header: "location"])
                #expect(try await browser.page(after).contains("Replayed 1 dead letter."))
                #expect(try await fleet.depth(fleet.topology.workQueue(.documents)) == 1)
                let discarded = try await browser.send(
                    .post, "/dead", "action=discard&confirmed=yes&id=\(letters[1])")
                #expect(discarded.status == 303)
                #expect(ids(try await browser.page("/dead")) == [letters[2]])
            }
        }
    }

    @Test func strangersAreNotLetInAndPagesBringNothingFromElsewhere() async throws {
        try await Fleet.with { fleet in
            try await withConsole(fleet) { browser in
                let stranger = CurlTransport()
                for path in [
                    "/", "/live", "/dead", "/search?q=a", "/?token=", "/?token=\(String(repeating: "0", count: 32))",
                ] {
                    let answer = try await stranger.send(HTTPRequest(.get, browser.base + path))
                    #expect(answer.status == 403, "\(path)")
                    #expect(answer[header: "set-cookie"] == nil)
                }
                let post = HTTPRequest(.post, browser.base + "/dead", body: Array("action=replay-all".utf8))
                #expect(try await stranger.send(post).status == 403)
                let page = try await browser.send(.get, "/check")
                #expect(page[header: "content-security-policy"]?.hasPrefix("default-src 'none';") == true)
                for asset in ["/console.css", "/console.js"] {
                    #expect(try await stranger.send(HTTPRequest(.get, browser.base + asset)).status == 200)
                }
            }
        }
    }

    @Test func aPartThatIsDownIsSaidOnThePage() async throws {
        try await Fleet.with { fleet in
            try await withConsole(fleet, with: ["OHRA_QDRANT_URL": "http://127.0.0.1:9"]) { browser in
                let answer = try await browser.send(.get, "/search?q=a&by=words")
                #expect(answer.status == 502)
                #expect(String(decoding: answer.body, as: UTF8.self).contains("127.0.0.1:9"))
                #expect(try await browser.page("/check").contains("checks failed"))
            }
        }
    }

    @Test func aPortInUseIsSaid() async throws {
        try await Fleet.with { fleet in
            try await withConsole(fleet) { browser in
                let port = try #require(browser.base.split(separator: ":").last.map(String.init))
                let second = try await fleet.run("ohra", "console", "--port", port, expecting: 78)
                #expect(second.stderr.contains("--port") && second.stderr.contains(port))
            }
        }
    }
}
