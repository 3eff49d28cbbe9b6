import Shared
import TestSupport
import Testing

/// The exact requests that the client sends.
@Suite struct QdrantBodyTests {
    let id = PointID("2ed6657d-e927-568b-95e1-2665a8aea6a2")!

    @Test func filterIsWrittenExactly() async throws {
        let filter = QdrantFilter(
            must: [
                .match("a", "x\"y"), .match("b", 5), .match("c", .flag(true)), .matchAny("d", ["1", "2"]),
                .matchAny("e", [3]),
                .range("f", atLeast: 1, lessThan: 9), .timeRange("g", from: "2025-01-01T00:00:00Z"), .hasID([id]),
            ],
            should: [.filter(QdrantFilter(must: [.match("h", 1)])), .isEmpty("i")],
            mustNot: [.range("j", greaterThan: 2, atMost: 3)])
        let expected =
            #"{"filter":{"must":[{"key":"a","match":{"value":"x\"y"}},{"key":"b","match":{"value":5}},"#
            + #"{"key":"c","match":{"value":true}},{"key":"d","match":{"any":["1","2"]}},{"key":"e","match":{"any":[3]}},"#
            + #"{"key":"f","range":{"gte":1,"lt":9}},{"key":"g","range":{"gte":"2025-01-01T00:00:00Z"}},"#
            + #"{"has_id":["2ed6657d-e927-568b-95e1-2665a8aea6a2"]}],"should":[{"must":[{"key":"h","match":{"value":1}}]},"#
            + #"{"is_empty":{"key":"i"}}],"must_not":[{"key":"j","range":{"gt":2,"lte":3}}]},"exact":true}"#
        let (http, client) = make([.json(#"{"result":{"count":7}}"#)])
        #expect(try await client.count("c", filter: filter) == 7)
        #expect(http.body(0) == expected)
        #expect(http.requests[0].url == "http://127.0.0.1:6333/collections/c/points/count")
    }

    @Test func pointsAreWrittenExactly() async throws {
        var body = PointsBody(mode: .insertOnly)
        body.append(id: id, vector: [0.1, -2, 3e-9] as [Float]) { $0.object { $0.member("k", "v") } }
        body.append(id: id, vector: nil) { $0.object { _ in } }
        body.append(
            id: id, vector: [1] as [Float], sparse: [("text", SparseVector(indices: [4, 7], values: [0.5, 1]))]
        ) {
            $0.object { _ in }
        }
        let point = #"{"id":"2ed6657d-e927-568b-95e1-2665a8aea6a2","vector":"#
        let expected =
            #"{"points":["# + point + #"[0.1,-2,3e-09],"payload":{"k":"v"}},"# + point + #"{},"payload":{}},"# + point
            + #"{"":[1],"text":{"indices":[4,7],"values":[0.5,1]}},"payload":{}}],"update_mode":"insert_only"}"#
        #expect(String(decoding: body.bytes, as: UTF8.self) == expected)
        #expect(body.count == 3)
        let (http, client) = make([.json(#"{"result":{"status":"completed","operation_id":1}}"#)])
        try await client.upsert("c", body)
        #expect(http.requests[0].method == .put)
        #expect(http.requests[0].url.hasSuffix("/collections/c/points?wait=true"))
        #expect(http.body(0) == expected)
    }

    @Test func queriesAreWrittenExactly() async throws {
        let answer = ScriptedHTTP.Step.json(
            #"{"result":{"points":[{"id":"2ED6657D-E927-568B-95E1-2665A8AEA6A2","version":1,"score":0.5,"payload":{"t":"x"}}]}}"#
        )
        let (http, client) = make([answer, answer, answer])
        let sparse = SparseVector(indices: [1], values: [2])
        let hits = try await client.query(
            "c", .dense([1, 2]), filter: QdrantFilter(must: [.match("s", "j")]), limit: 3, payload: ["t"])
        #expect(hits.map(\.id) == [id])
        #expect(hits.first?.payload["t"]?.string == "x")
        _ = try await client.query("c", .sparse("text", sparse))
        _ = try await client.query(
            "c", .fusion([(.dense([1]), 0.5), (.sparse("text", sparse), 1)], k: 3, branchLimit: 20), payload: [])
        #expect(
            http.body(0)
                == #"{"query":[1,2],"filter":{"must":[{"key":"s","match":{"value":"j"}}]},"limit":3,"with_payload":["t"]}"#
        )
        #expect(
            http.body(1) == #"{"query":{"indices":[1],"values":[2]},"using":"text","limit":10,"with_payload":true}"#)
        #expect(
            http.body(2)
                == #"{"prefetch":[{"query":[1],"limit":20},{"query":{"indices":[1],"values":[2]},"using":"text","limit":20}],"#
                + #""query":{"rrf":{"k":3,"weights":[0.5,1]}},"limit":10,"with_payload":false}"#)
    }

    @Test(arguments: [
        QdrantFilter(), QdrantFilter(must: [.filter(QdrantFilter())]),
        QdrantFilter(should: [.match("a", 1), .filter(QdrantFilter())]),
    ])
    func deleteOfEverythingIsRefusedUnsent(filter: QdrantFilter) async throws {
        let (http, client) = make([])
        let error = await #expect(throws: QdrantError.self) { try await client.delete("c", filter: filter) }
        #expect(error?.isRejection == true)
        #expect(http.requests.isEmpty)
    }

    @Test func nothingToDoSendsNothing() async throws {
        let (http, client) = make([])
        try await client.upsert("c", PointsBody())
        try await client.delete("c", ids: [])
        #expect(try await client.retrieve("c", ids: []).isEmpty)
        #expect(http.requests.isEmpty)
    }

    @Test func pathsCannotBeInjected() async throws {
        let (http, client) = make([])
        let error = await #expect(throws: QdrantError.self) { try await client.collectionInfo("a/../b") }
        #expect(error?.code == .misconfigured)
        #expect(http.requests.isEmpty)
    }

    private func make(_ steps: [ScriptedHTTP.Step]) -> (ScriptedHTTP, QdrantClient) {
        let http = ScriptedHTTP(steps)
        return (http, QdrantClient(transport: http, settings: .local, retries: .never))
    }
}
