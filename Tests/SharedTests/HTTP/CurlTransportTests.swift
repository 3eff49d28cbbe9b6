import Shared
import TestSupport
import Testing

/// The transport against a server that is scripted byte by byte.
@Suite(.timeLimit(.minutes(1)))
struct CurlTransportTests {
    let transport = CurlTransport()

    @Test func sendsMethodHeadersAndBody() async throws {
        try await LoopbackServer.with { connection in
            while let request = connection.readRequest() {
                let lines = request.headers.map { "\($0)=\($1)" }.sorted().joined(separator: "\n")
                connection.answer("\(request.method) \(request.path)\n\(lines)\n\(request.body.count)")
            }
        } _: { server in
            var request = HTTPRequest.json(.put, server.url + "/a%20b?c=d", body: Array("{}".utf8))
            request.headers += [("X-Empty", ""), ("X-Two", "a b")]
            let text = try await transport.send(request).text
            #expect(text.hasPrefix("PUT /a%20b?c=d\n"))
            for line in [
                "x-empty=", "x-two=a b", "content-type=application/json", "content-length=2",
                "user-agent=\(UserAgent.value)", "accept-encoding=gzip",
            ] { #expect(text.split(separator: "\n").contains(Substring(line)), "\(line) in \(text)") }
            #expect(!text.contains("expect="))
            #expect(text.hasSuffix("\n2"))
            for method in [HTTPRequest.Method.get, .delete] {
                let text = try await transport.send(HTTPRequest(method, server.url + "/")).text
                #expect(text.hasPrefix(method.rawValue) && text.hasSuffix("\n0") && !text.contains("content-length"))
            }
            let empty = try await transport.send(HTTPRequest(.post, server.url + "/")).text
            #expect(empty.hasPrefix("POST") && empty.contains("content-length=0"))
        }
    }

    @Test func readsChunkedAnswersAndTheLastHeaderBlock() async throws {
        try await LoopbackServer.with { connection in
            _ = connection.readRequest()
            connection.write(
                "HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n")
            connection.write("X-Mixed-CASE:  two words \r\nX-Folded: a\r\n b\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n")
            connection.write("3\r\nabc\r\n")
            connection.write("2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n")
            connection.waitForClose()
        } _: { server in
            let response = try await transport.send(HTTPRequest(.get, server.url + "/"))
            #expect(response.text == "abcde")
            #expect(
                response.headers.map(\.name) == ["transfer-encoding", "x-mixed-case", "x-folded", "x-twice", "x-twice"])
            #expect(response[header: "x-mixed-case"] == "two words")
            #expect(response[header: "x-folded"] == "a b")
            #expect(response[header: "x-old"] == nil)
        }
    }

    @Test func decodesGzip() async throws {
        try await withAnswer(["Content-Encoding: gzip"], gzipOfHello) { server in
            let response = try await transport.send(HTTPRequest(.get, server.url + "/"))
            #expect(response.text == "hello")
        }
    }

    @Test func cutsAGzipBombAtTheLimit() async throws {
        try await withAnswer(["Content-Encoding: gzip"], GzipBomb.bytes) { server in
            var request = HTTPRequest(.get, server.url + "/")
            request.maximumResponseBytes = 1 << 20
            let error = await #expect(throws: HTTPError.self) { try await transport.send(request) }
            #expect(error?.code == .responseTooLarge)
            #expect(error?.isRetriable == false)
        }
    }

    @Test(arguments: [("Content-Length: 6", "abcdef"), ("Transfer-Encoding: chunked", "6\r\nabcdef\r\n0\r\n\r\n")])
    func cutsOtherBodiesAtTheLimit(header: String, body: String) async throws {
        try await LoopbackServer.with { connection in
            while connection.readRequest() != nil { connection.write("HTTP/1.1 200 OK\r\n\(header)\r\n\r\n\(body)") }
        } _: { server in
            var request = HTTPRequest(.get, server.url + "/")
            request.maximumResponseBytes = 6
            let answer = try await transport.send(request).text
            #expect(answer == "abcdef")
            request.maximumResponseBytes = 5
            let error = await #expect(throws: HTTPError.self) { try await transport.send(request) }
            #expect(error?.code == .responseTooLarge)
        }
    }

    @Test func endlessHeadersAreCut() async throws {
        try await LoopbackServer.with { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-Filler: " + String(repeating: "a", count: 1000) + "\r\n") {}
        } _: { server in
            let error = await failure(server.url)
            #expect(error?.code == .responseTooLarge)
        }
    }

    @Test func slowAnswerMeetsTheDeadline() async throws {
        try await LoopbackServer.with { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            connection.waitForClose()
        } _: { server in
            let start = ContinuousClock.now
            let error = await failure(server.url, deadline: .milliseconds(200))
            #expect(error?.code == .timedOut)
            #expect(start.duration(to: .now) < .seconds(3))
            #expect(await failure(server.url, deadline: .zero)?.code == .timedOut)
        }
    }

    @Test func waitingForAConnectionCountsTowardsTheDeadline() async throws {
        let transport = CurlTransport(options: .init(maximumConnectionsPerHost: 1))
        let busy = Signal()
        try await LoopbackServer.with { connection in
            _ = connection.readRequest()
            busy.send()
            connection.waitForClose()
        } _: { server in
            let first = Task { try await transport.send(HTTPRequest(.get, server.url + "/")) }
            #expect(await busy.wait())
            let error = await failure(server.url, transport, deadline: .milliseconds(200))
            #expect(error?.code == .timedOut)
            #expect(server.acceptedConnections == 1)
            first.cancel()
            _ = await first.result
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "SSH-2.0-Garbage\r\n", "",
        "\u{0}\u{1}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 ", "HTTP/1.1 000 None\r\n\r\n",
    ])
    func brokenAnswersAreInterruptions(answer: String) async throws {
        try await LoopbackServer.with { connection in
            _ = connection.readRequest()
            connection.write(answer)
        } _: { server in
            let error = await failure(server.url + "/secret-path?token=secret")
            #expect(error?.code == .interrupted)
            #expect(error?.isRetriable == true)
            #expect(error?.endpoint == "127.0.0.1:\(server.port)")
            #expect(error.map { "\($0)" }?.contains("secret") == false)
            // A fresh connection that fails is not tried again by the transport.
            #expect(server.acceptedConnections == 1)
        }
    }

    @Test func redirectIsAnAnswer() async throws {
        try await LoopbackServer.with { connection in
            while connection.readRequest() != nil { connection.answer(status: 302, headers: ["Location: /login"], "") }
        } _: { server in
            let response = try await transport.send(HTTPRequest(.get, server.url + "/"))
            #expect(response.status == 302)
            #expect(response[header: "location"] == "/login")
        }
    }

    @Test func refusedConnectionIsRetriable() async throws {
        let server = try LoopbackServer { _ in }
        let url = server.url
        server.stop()
        let error = await failure(url)
        #expect(error?.code == .connectionFailed || error?.code == .interrupted)
        #expect(error?.isRetriable == true)
    }

    @Test func unknownHostIsAConnectionFailure() async {
        let error = await failure("http://name.invalid:81")
        #expect(error?.code == .connectionFailed)
        #expect(error?.endpoint == "name.invalid:81")
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1/", "", "http://", "http://user:secret@127.0.0.1/",
        "http://user@127.0.0.1/", "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/\u{0}", "http://127.0.0.1/ b",
        "http://a\\@127.0.0.1/", "http://127.0.0.1:99999/",
    ])
    func badURLIsRefused(url: String) async {
        let error = await #expect(throws: HTTPError.self) { try await transport.send(HTTPRequest(.get, url)) }
        #expect(error?.code == .invalidRequest)
        #expect(error.map { "\($0)" }?.contains("secret") == false)
    }

    @Test(arguments: [
        ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\u{0}b"), ("X\r\nY", "a"), ("X:", "a"), ("", "a"), ("X Y", "a"),
        ("Content-Length", "5"), ("transfer-encoding", "chunked"),
    ])
    func headerInjectionIsRefused(name: String, value: String) async {
        var request = HTTPRequest(.get, "http://127.0.0.1:9/")
        request.headers = [(name, value)]
        let error = await #expect(throws: HTTPError.self) { try await transport.send(request) }
        #expect(error?.code == .invalidRequest)
    }

    private func failure(
        _ url: String, _ other: CurlTransport? = nil, deadline: Duration = .seconds(10)
    ) async -> HTTPError? {
        await #expect(throws: HTTPError.self) {
            try await (other ?? transport).send(HTTPRequest(.get, url, deadline: deadline))
        }
    }

    private func withAnswer(
        _ headers: [String], _ body: [UInt8], _ test: (LoopbackServer) async throws -> Void
    ) async throws {
        try await LoopbackServer.with { connection in
            while connection.readRequest() != nil { connection.answer(headers: headers, body) }
        } _: { server in
            try await test(server)
        }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

private let gzipOfHello: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0,
]
