import Shared

/// Puts the texts of all calls of the process into common requests and gives every call its own answers back.
///
/// Texts wait a few milliseconds for others, then go out in requests as full as the server takes, as many at once as it
/// bears (``RequestWindow``). A text that is refused concerns its own call only. What the server asks for (a pause, a
/// limit) is kept by all calls.
/// **Isolation**: an actor; the methods that send are in another file.
actor EmbeddingDispatcher {
    typealias Vector = Result<[Float], EmbeddingError>

    private struct Call {
        var vectors: [Vector?]
        var missing: Int
        let continuation: CheckedContinuation<Result<[Vector], EmbeddingError>, Never>
    }

    let exchange: OpenAIExchange
    let clock: any Clock<Duration>
    let random: @Sendable () -> Double
    var queue: RequestQueue
    var window: RequestWindow
    /// Set while nothing may be sent for so long that callers had better know.
    private(set) var closed: EmbeddingError?

    private var calls: [Int: Call] = [:]
    private var lastCall = 0
    private var requests: [Int: (task: Task<Void, Never>, calls: Set<Int>)] = [:]
    private var lastRequest = 0
    /// Requests that have to be sent again; they go before new ones.
    private var waiting: [CheckedContinuation<Int, Never>] = []
    /// Whether what is in the queue has waited long enough for more.
    private var isDue = false
    private var isLingering = false

    init(
        exchange: OpenAIExchange, caps: RequestSize, concurrency: Int, clock: any Clock<Duration>,
        random: @escaping @Sendable () -> Double
    ) {
        self.exchange = exchange
        self.clock = clock
        self.random = random
        queue = RequestQueue(caps: caps)
        window = RequestWindow(maximum: concurrency)
    }

    /// Texts that one request takes, as far as is known.
    var maximumInputs: Int { queue.caps.inputs }

    /// The vector of each text, or why it alone has none; in their order.
    ///
    /// - Throws: ``EmbeddingError`` when it is the service that fails, or the task is cancelled.
    func vectors(of texts: [String]) async throws(EmbeddingError) -> [Vector] {
        guard !texts.isEmpty else { return [] }
        if let closed { throw closed }
        lastCall += 1
        let id = lastCall
        return try await withTaskCancellationHandler {
            await wait(id, texts)
        } onCancel: {
            // Unstructured: a cancellation handler cannot wait. Should it arrive before the call is noted, the call sees
            // the task's flag.
            Task { await self.fail(id, .cancelled) }
        }.get()
    }

    /// A method of its own, because a closure that does not use `self` leaves the actor (SE-0420).
    private func wait(_ id: Int, _ texts: [String]) async -> Result<[Vector], EmbeddingError> {
        await withCheckedContinuation { continuation in
            guard !Task.isCancelled else { return continuation.resume(returning: .failure(.cancelled)) }
            calls[id] = Call(
                vectors: [Vector?](repeating: nil, count: texts.count), missing: texts.count,
                continuation: continuation)
            for (index, text) in texts.enumerated() { queue.append(QueuedText(call: id, index: index, text: text)) }
            admit()
            linger()
        }
    }

    private func linger() {
        guard !queue.isEmpty, !isDue, !isLingering else { return }
        isLingering = true
        // Unstructured: the wait belongs to every call whose texts are in the queue.
        Task {
            if exchange.options.linger > .zero { try? await clock.sleep(for: exchange.options.linger) }
            isLingering = false
            isDue = !queue.isEmpty
            admit()
        }
    }

    /// Lets requests begin while the server bears more.
    private func admit() {
        while window.hasRoom {
            if !waiting.isEmpty {
                waiting.removeFirst().resume(returning: window.began())
            } else if isDue ? !queue.isEmpty : queue.hasFullRequest {
                begin(queue.takeRequest())
            } else {
                break
            }
        }
        if queue.isEmpty { isDue = false }
    }

    private func begin(_ texts: [QueuedText]) {
        lastRequest += 1
        let id = lastRequest
        let turn = window.began()
        // Unstructured: a request serves several calls and so belongs to none; the last of them to go cancels it.
        let task = Task {
            await send(texts, turn: turn)
            requests[id] = nil
        }
        requests[id] = (task, Set(texts.map(\.call)))
    }

    // MARK: For requests

    /// Waits until another request may be under way; ``leave(_:isOverload:)`` wants the result.
    func turn() async -> Int {
        if window.hasRoom, waiting.isEmpty { return window.began() }
        return await withCheckedContinuation { waiting.append($0) }
    }

    func leave(_ turn: Int, isOverload: Bool?) {
        window.ended(turn, isOverload: isOverload)
        admit()
    }

    /// Waits a while; `isShared` keeps everything else from being sent meanwhile, too.
    ///
    /// - Returns: false when the request was cancelled.
    func rest(for pause: Duration, isShared: Bool) async -> Bool {
        if isShared { window.pause() }
        defer {
            if isShared {
                window.resume()
                admit()
            }
        }
        do {
            try await clock.sleep(for: pause)
            return true
        } catch {
            return false
        }
    }

    /// Sends nothing for a while; calls fail at once instead of waiting.
    func close(_ error: EmbeddingError, for pause: Duration) {
        guard closed == nil else { return }
        closed = error
        // Unstructured: it outlives the request that was told to wait.
        Task {
            try? await clock.sleep(for: pause)
            closed = nil
            admit()
        }
    }

    /// Those texts whose callers still wait.
    func wanted(_ texts: [QueuedText]) -> [QueuedText] { texts.filter { calls[$0.call] != nil } }

    /// Hands a text's result over.
    func finish(_ text: QueuedText, _ vector: Vector) {
        guard var call = calls[text.call], call.vectors[text.index] == nil else { return }
        if case .failure(var error) = vector {
            error.culprit = text.index
            call.vectors[text.index] = .failure(error)
        } else {
            call.vectors[text.index] = vector
        }
        call.missing -= 1
        calls[text.call] = call.missing > 0 ? call : nil
        if call.missing == 0 { call.continuation.resume(returning: .success(call.vectors.compactMap { $0 })) }
    }

    /// Ends a call; requests that nobody waits for any more are cancelled.
    func fail(_ id: Int, _ error: EmbeddingError) {
        guard let call = calls.removeValue(forKey: id) else { return }
        queue.removeAll(of: id)
        call.continuation.resume(returning: .failure(error))
        for request in requests.values where request.calls.allSatisfy({ calls[$0] == nil }) { request.task.cancel() }
    }
}

extension EmbeddingError {
    static let cancelled = EmbeddingError(.cancelled, "cancelled while waiting for the embedding server")
}
