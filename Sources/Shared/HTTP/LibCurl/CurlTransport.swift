import CCurl

/// Sends requests over libcurl (Debian `libcurl4`, 7.88 or later).
///
/// One multi handle on one thread of its own; connections are kept alive and shared by all requests. HTTP/1.1, gzip, TLS
/// 1.2 or later with peer and host verified; no redirects, no cookies, no netrc, no proxy unless configured.
/// **Isolation**: the actor lives on its ``ConnectionThread``; libcurl is called nowhere else.
/// **Retries**: one, at once, and only when a kept-alive connection turns out to be dead before any byte of an answer.
public actor CurlTransport: HTTPTransport {
    private let thread: ConnectionThread
    private let options: Options
    private var multi: CurlMulti?
    private var isClosed = false
    private var lastID: UInt64 = 0

    /// - Parameter name: of the thread; the kernel keeps 15 bytes.
    public init(options: Options = Options(), name: String = "ohra-http") {
        self.options = options
        // libcurl and OpenSSL are content with the system's default stack of 8 MB, and with far less.
        thread = ConnectionThread(name: name, stackSize: 1 << 20)
    }

    isolated deinit {
        thread.setPump(nil)
        multi?.close()
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let start = ContinuousClock.now
        let target = try CurlTarget(request)
        lastID += 1
        let id = lastID
        let result = await withTaskCancellationHandler {
            await transfer(id, request, target, start)
        } onCancel: {
            // Unstructured: a cancellation handler cannot wait. It only carries the id to this actor. Should it arrive
            // before the transfer starts, the start sees the task's flag.
            Task { await self.cancel(id) }
        }
        return try result.get()
    }

    /// A method of its own: the closure in `send` would leave the actor's thread if it did not use `self` (a closure
    /// that does not capture the isolated parameter is nonisolated, SE-0420), and the compiler does not say so.
    private func transfer(
        _ id: UInt64, _ request: HTTPRequest, _ target: CurlTarget, _ start: ContinuousClock.Instant
    ) async -> CurlTransfer.Outcome {
        await withCheckedContinuation { continuation in
            preconditionIsolated()
            let transfer = CurlTransfer(
                id: id, request: request, target: target, start: start, continuation: continuation)
            guard !Task.isCancelled else { return transfer.finish(.cancelled) }
            guard !isClosed, let multi = openMulti() else { return transfer.finish(.closed) }
            multi.start(transfer)
        }
    }

    /// Ends all transfers with ``HTTPError/Code/cancelled`` and closes all connections; later requests fail the same way.
    public func close() {
        isClosed = true
        thread.setPump(nil)
        multi?.close()
        multi = nil
    }

    private func cancel(_ id: UInt64) { multi?.cancel(id) }

    private func openMulti() -> CurlMulti? {
        if let multi { return multi }
        guard Self.isLibraryReady, let multi = CurlMulti(options: options) else { return nil }
        self.multi = multi
        // Holds the multi handle, not the actor: a pump that held the actor would keep it alive for ever.
        thread.setPump { multi.pump(wakeup: $0, mayWait: $1) }
        return multi
    }

    /// Initialised once per process; libcurl must not be used before.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
