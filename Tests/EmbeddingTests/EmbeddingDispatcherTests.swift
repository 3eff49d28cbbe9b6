import Shared
import Synchronization
import Testing

@testable import Embedding

@Suite(.timeLimit(.minutes(1))) struct EmbeddingDispatcherTests {
    private let transport = HoldingTransport()

    private func dispatcher(
        concurrency: Int = 8, inputs: Int = 64, clock: any Clock<Duration> = InstantClock(),
        _ change: (inout OpenAIOptions) -> Void = { _ in }
    ) throws -> EmbeddingDispatcher {
        var options = OpenAIOptions(url: try ServiceURL("http://tei:8080", schemes: ["http"]), model: "m")
        options.linger = .zero
        change(&options)
        return EmbeddingDispatcher(
            exchange: OpenAIExchange(options: options, transport: transport, dimension: 4, model: "m"),
            caps: RequestSize(inputs: inputs, tokens: 100_000, bytes: 100_000), concurrency: concurrency, clock: clock,
            random: { 1 })
    }

    private func start(_ dispatcher: EmbeddingDispatcher, _ texts: String...) -> Task<
        [Result<[Float], EmbeddingError>], any Error
    > {
        Task { try await dispatcher.vectors(of: texts) }
    }

    private func waitForTexts(_ count: Int, in dispatcher: EmbeddingDispatcher) async {
        while await dispatcher.queue.count < count { await Task.yield() }
    }

    private func lengths(_ results: [Result<[Float], EmbeddingError>]) throws -> [Float] {
        try results.map { result in
            let vector = try result.get()
            return vector[0] / vector[1]
        }
    }

    @Test func textsOfConcurrentCallsShareARequest() async throws {
        let dispatcher = try dispatcher(concurrency: 1)
        let first = start(dispatcher, "a")
        let held = try await transport.next()
        let (second, third) = (start(dispatcher, "bb", "ccc"), start(dispatcher, "dddd"))
        await waitForTexts(3, in: dispatcher)
        held.answerWell()
        #expect(try lengths(await first.value) == [1])
        let shared = try await transport.next()
        #expect(Set(shared.request.texts) == ["bb", "ccc", "dddd"])
        shared.answerWell()
        #expect(try lengths(await second.value).map { $0.rounded() } == [2, 3])
        #expect(try lengths(await third.value).map { $0.rounded() } == [4])
    }

    @Test func firstTextWaitsAFewMillisecondsForOthers() async throws {
        let clock = HeldClock()
        let dispatcher = try dispatcher(clock: clock) { $0.linger = .milliseconds(5) }
        let first = start(dispatcher, "a")
        let sleep = try await clock.next()
        #expect(sleep.duration == .milliseconds(5))
        let second = start(dispatcher, "b")
        await waitForTexts(2, in: dispatcher)
        #expect(transport.count == 0)
        sleep.wake()
        let held = try await transport.next()
        #expect(held.request.texts == ["a", "b"])
        held.answerWell()
        _ = try await (first.value, second.value)
    }

    @Test func fullRequestWaitsForNobody() async throws {
        let dispatcher = try dispatcher(inputs: 2, clock: HeldClock()) { $0.linger = .milliseconds(5) }
        let call = start(dispatcher, "a", "b")
        try await transport.next().answerWell()
        #expect(try await call.value.count == 2)
    }

    @Test func refusedTextFailsItsOwnCallOnly() async throws {
        let dispatcher = try dispatcher(concurrency: 1)
        let blocker = start(dispatcher, "blocker")
        let held = try await transport.next()
        let (good, bad) = (start(dispatcher, "good"), start(dispatcher, "fine", "bad"))
        await waitForTexts(3, in: dispatcher)
        held.answerWell()
        let answering = Task {
            while let held = try? await transport.next() {
                let isBad = held.request.texts.contains("bad")
                if isBad { held.answer(.json(422, #"{"error":"cannot tokenize"}"#)) } else { held.answerWell() }
            }
        }
        _ = try await (blocker.value, good.value)
        let results = try await bad.value
        answering.cancel()
        #expect(throws: Never.self) { try results[0].get() }
        let error = #expect(throws: EmbeddingError.self) { try results[1].get() }
        #expect(error?.code == .rejected && error?.culprit == 1)
    }

    @Test func cancelledCallLeavesTheOthersOfItsRequest() async throws {
        let dispatcher = try dispatcher(concurrency: 1)
        let blocker = start(dispatcher, "blocker")
        let held = try await transport.next()
        let (kept, gone) = (start(dispatcher, "kept"), start(dispatcher, "gone"))
        await waitForTexts(2, in: dispatcher)
        held.answerWell()
        let shared = try await transport.next()
        gone.cancel()
        let error = await #expect(throws: EmbeddingError.self) { try await gone.value }
        #expect(error?.code == .cancelled)
        shared.answerWell()
        _ = try await (blocker.value, kept.value)
    }

    @Test func requestThatNobodyWaitsForIsCancelled() async throws {
        let dispatcher = try dispatcher()
        let call = start(dispatcher, "a")
        _ = try await transport.next()
        call.cancel()
        #expect(try await transport.nextCancelled() == ["a"])
        await #expect(throws: EmbeddingError.self) { try await call.value }
    }

    @Test func textsOfACancelledCallAreNotSent() async throws {
        let dispatcher = try dispatcher(concurrency: 1)
        let blocker = start(dispatcher, "blocker")
        let held = try await transport.next()
        let (gone, kept) = (start(dispatcher, "gone"), start(dispatcher, "kept"))
        await waitForTexts(2, in: dispatcher)
        gone.cancel()
        await #expect(throws: EmbeddingError.self) { try await gone.value }
        held.answerWell()
        let next = try await transport.next()
        #expect(next.request.texts == ["kept"])
        next.answerWell()
        _ = try await (blocker.value, kept.value)
    }

    /// A pause that one request is told to keep holds for the whole process.
    @Test func retryAfterHoldsForAllRequests() async throws {
        let clock = HeldClock()
        let dispatcher = try dispatcher(inputs: 1, clock: clock)
        let first = start(dispatcher, "a")
        try await transport.next().answer(HTTPResponse(status: 429, headers: [("retry-after", "7")]))
        let sleep = try await clock.next()
        #expect(sleep.duration == .seconds(7))
        let second = start(dispatcher, "b")
        await waitForTexts(1, in: dispatcher)
        #expect(transport.count == 1)
        sleep.wake()
        // The one that waited longest goes first.
        let again = try await transport.next()
        #expect(again.request.texts == ["a"])
        again.answerWell()
        try await transport.next().answerWell()
        _ = try await (first.value, second.value)
    }

    @Test(
        arguments: [
            (#"{"error":{"code":"insufficient_quota"}}"#, nil, Duration.seconds(60)), ("{}", "900", .seconds(900)),
        ] as [(String, String?, Duration)])
    func longPauseIsKeptWithoutAskingAgain(body: String, retryAfter: String?, pause: Duration) async throws {
        let clock = HeldClock()
        let dispatcher = try dispatcher(clock: clock)
        let call = start(dispatcher, "a")
        try await transport.next().answer(
            .json(429, body, headers: retryAfter.map { [("retry-after", $0)] } ?? []))
        let error = await #expect(throws: EmbeddingError.self) { try await call.value }
        #expect(error?.isRejection == false)
        let sleep = try await clock.next()
        #expect(sleep.duration == pause)
        let refused = await #expect(throws: EmbeddingError.self) { try await dispatcher.vectors(of: ["b"]) }
        #expect(refused?.code == error?.code && transport.count == 1)
        sleep.wake()
        while await dispatcher.closed != nil { await Task.yield() }
        let later = start(dispatcher, "c")
        try await transport.next().answerWell()
        _ = try await later.value
    }

    @Test func atMostSoManyRequestsAreUnderWay() async throws {
        let dispatcher = try dispatcher(concurrency: 3, inputs: 1)
        let call = Task { try await dispatcher.vectors(of: (0..<40).map { "text \($0)" }) }
        var held: [HoldingTransport.Held] = []
        for _ in 0..<3 { held.append(try await transport.next()) }
        for number in 3..<40 {
            #expect(transport.count == number)
            held.removeFirst().answerWell()
            held.append(try await transport.next())
        }
        for request in held { request.answerWell() }
        #expect(try await call.value.count == 40)
    }
}
