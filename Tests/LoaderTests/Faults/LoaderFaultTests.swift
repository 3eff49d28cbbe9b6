import Shared
import Testing
import TestSupport

@testable import Loader

/// What the loader makes of each fault of the server (research/qdrant.md §6): who is set aside, what is tried again, and
/// what is never taken for a success.
@Suite(.timeLimit(.minutes(1))) struct LoaderFaultTests {
    private func ids(_ outcome: Outcome) -> [String]? {
        if case .done(let rejected) = outcome { rejected.map(\.documentID) } else { nil }
    }

    private func unavailable(_ outcome: Outcome) -> String? {
        if case .unavailable(let fault) = outcome { fault.reason } else { nil }
    }

    private static func holds(_ document: String, _ call: SimulatedQdrant.Call) -> Bool {
        call.collection == "c" && call.isUpsert
            && call.points.contains { $0["payload"]?["document_id"]?.string == document }
    }

    private static func isChunks(_ call: SimulatedQdrant.Call) -> Bool { call.collection == "c" && call.isUpsert }

    // MARK: Bodies that are refused

    @Test(arguments: [400, 413, 422]) func onlyTheRefusedDocumentOfAMessageIsSetAside(status: Int) async {
        let qdrant = FaultyQdrant { call, _ in Self.holds("files:m:2", call) ? .status(status) : nil }
        let outcome = await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1", "files:m:2", "files:m:3"]))
        #expect(ids(outcome) == ["files:m:2"])
        guard case .done(let rejected) = outcome else { return }
        #expect(rejected.first?.fault == Fault("qdrant_rejected", "HTTP \(status): as ordered"))
        for (id, isLoaded) in [("files:m:1", true), ("files:m:2", false), ("files:m:3", true)] {
            #expect(await qdrant.isCommitted(id) == isLoaded)
            #expect(await qdrant.points(of: id) == (isLoaded ? 1 : 0))
        }
    }

    @Test func aRefusedMessageTakesNoOtherOfItsGroupWithIt() async {
        let qdrant = FaultyQdrant { call, _ in Self.holds("files:m:7", call) ? .status(400) : nil }
        let bench = LoaderBench(qdrant)
        await withTaskGroup(of: (Int, Outcome).self) { group in
            for number in 0..<12 {
                group.addTask { (number, await bench.handle(LoaderBench.message(["files:m:\(number)"]))) }
            }
            for await (number, outcome) in group { #expect(ids(outcome) == (number == 7 ? ["files:m:7"] : [])) }
        }
        // They did travel together.
        #expect(await qdrant.upserts.contains { $0 > 1 })
        for number in 0..<12 { #expect(await qdrant.isCommitted("files:m:\(number)") == (number != 7)) }
    }

    // MARK: Limits

    @Test func theWaitThatTheServerAsksForIsKept() async {
        let qdrant = FaultyQdrant { call, upserts in
            Self.isChunks(call) && upserts == 0 ? .status(429, retryAfter: 1) : nil
        }
        let began = ContinuousClock.now
        let outcome = await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1"]))
        #expect(ids(outcome) == [])
        #expect(began.duration(to: .now) >= .seconds(1))
        #expect(await qdrant.upserts.count == 2)
    }

    @Test func whatCostsMoreThanTheLimitEverAllowsIsSplit() async {
        // 429 without Retry-After: no wait would help.
        let qdrant = FaultyQdrant { call, _ in Self.isChunks(call) && call.points.count > 1 ? .status(429) : nil }
        let outcome = await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1", "files:m:2"], chunks: 2))
        #expect(ids(outcome) == [])
        for id in ["files:m:1", "files:m:2"] { #expect(await qdrant.isCommitted(id)) }
    }

    @Test func aLimitThatAllowsNotOnePointIsNoFaultOfTheDocument() async {
        let qdrant = FaultyQdrant { call, _ in Self.isChunks(call) ? .status(429) : nil }
        let outcome = await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1"], chunks: 2))
        #expect(unavailable(outcome) == "qdrant_unavailable")
    }

    @Test func overQuotaPausesWithoutTryingAgain() async {
        let qdrant = FaultyQdrant { call, _ in Self.isChunks(call) ? .status(507) : nil }
        let outcome = await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1"]))
        #expect(unavailable(outcome) == "qdrant_unavailable")
        #expect(await qdrant.upserts.count == 1)
    }

    // MARK: Faults that pass

    @Test(arguments: [408, 500, 502, 503, 504]) func aFaultThatPassesIsTriedAgain(status: Int) async {
        let qdrant = FaultyQdrant { call, upserts in Self.isChunks(call) && upserts < 2 ? .status(status) : nil }
        #expect(ids(await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1"]))) == [])
        #expect(await qdrant.upserts.count == 3)
        #expect(await qdrant.isCommitted("files:m:1"))
    }

    @Test func anOutagePausesAndTheSameMessageSucceedsAfterwards() async {
        let qdrant = FaultyQdrant { call, upserts in Self.isChunks(call) && upserts < 3 ? .refused : nil }
        let bench = LoaderBench(qdrant)
        let message = LoaderBench.message(["files:m:1"])
        #expect(unavailable(await bench.handle(message)) == "qdrant_unavailable")
        #expect(await qdrant.upserts.count == 3)
        #expect(ids(await bench.handle(message)) == [])
        #expect(await qdrant.isCommitted("files:m:1"))
    }

    @Test(arguments: ["acknowledged", "wait_timeout"]) func whatIsNotCompletedIsNoSuccess(status: String) async {
        let always = FaultyQdrant { call, _ in Self.isChunks(call) ? .result(status) : nil }
        let outcome = await LoaderBench(always).handle(LoaderBench.message(["files:m:1"]))
        #expect(unavailable(outcome) == "qdrant_unavailable")
        #expect(await always.isCommitted("files:m:1") == false)
        let once = FaultyQdrant { call, upserts in Self.isChunks(call) && upserts == 0 ? .result(status) : nil }
        #expect(ids(await LoaderBench(once).handle(LoaderBench.message(["files:m:1"]))) == [])
        #expect(await once.isCommitted("files:m:1"))
    }

    @Test func aLostAnswerHasTheDocumentCleanedUpLater() async {
        let qdrant = FaultyQdrant { call, upserts in Self.isChunks(call) && upserts == 0 ? .lostAnswer : nil }
        let bench = LoaderBench(qdrant)
        #expect(ids(await bench.handle(LoaderBench.message(["files:m:1"]))) == [])
        // The points were there: nothing was sent twice.
        #expect(await qdrant.upserts.count == 1)
        let queue = bench.topology.retryQueue(.vectors, CleanUps.delay)
        #expect(bench.broker.bodies(in: queue).count == 1)
    }

    // MARK: What somebody must act on

    @Test(arguments: [401, 403]) func refusedCredentialsPauseAsTheyMayBeRenewed(status: Int) async {
        let qdrant = FaultyQdrant { call, _ in Self.isChunks(call) ? .status(status) : nil }
        #expect(unavailable(await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1"]))) != nil)
    }

    @Test func aCollectionThatIsGoneStopsTheProgram() async {
        let qdrant = FaultyQdrant { call, _ in Self.isChunks(call) ? .status(404) : nil }
        let outcome = await LoaderBench(qdrant).handle(LoaderBench.message(["files:m:1"]))
        guard case .stop(let error) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect((error as? any ExitCoded)?.exitCode == ProgramExit.configuration.rawValue)
    }
}
