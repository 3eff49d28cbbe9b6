import Glibc

/// One connection with its one channel: sends, and pumps every frame that comes to whom it concerns.
///
/// **Isolation**: belongs to the actor that made it and so to that actor's ``ConnectionThread``; not `Sendable`. Events and
/// answers are delivered from ``pump(_:_:)``. After a fault it stays closed: make a new one.
final class Connection {
    /// What the owner is told while frames are drained. It must not send from there; it may after the pump.
    enum Event {
        case delivery(IncomingDelivery)
        case returned(ReturnedPublishing)
        case confirmed(tag: UInt64, multiple: Bool)
        case rejected(tag: UInt64, multiple: Bool)
        case cancelled
        case blocked(reason: String)
        case unblocked
        /// Once, last.
        case closed(BrokerError)
    }

    private struct PendingCall {
        var answer: UInt32
        var subject: String?
        var deadline: ContinuousClock.Instant
        var continuation: CheckedContinuation<Result<BrokerReply, BrokerError>, Never>
    }

    /// Frames read before the owner gets its turn: about 16 deliveries. Fewer cost a wake-up of the consumer's task more often;
    /// more, and the broker waits for acknowledgements of what was read long ago.
    private static let framesPerTurn: UInt64 = 48

    private var handle: ConnectionHandle?
    private let callTimeout: Duration
    private let progressTimeout: Duration
    /// Longest time between two visits to the library, which sends heartbeats only then.
    private let serviceInterval: Duration
    private let onEvent: (Event) -> Void
    private var calls: [PendingCall] = []
    /// Until when the message or frame that has begun must have grown by a frame.
    private var progressDeadline: ContinuousClock.Instant?
    private var lastFrameCount: UInt64 = 0
    private var lastService = ContinuousClock.now
    private var isDraining = false
    /// Whether the last read found nothing.
    private var isDrained = true
    private(set) var isBlocked = false
    private(set) var failure: BrokerError?
    /// Bytes of the largest header table the broker takes: one frame, minus the rest of that frame.
    let maximumHeaderSize: Int

    init(_ handle: ConnectionHandle, settings: BrokerSettings, onEvent: @escaping (Event) -> Void) {
        self.handle = handle
        callTimeout = settings.callTimeout
        progressTimeout = settings.progressTimeout
        serviceInterval = min(.seconds(1), settings.heartbeat / 4)
        // Five short strings of at most 256 bytes, and 31 bytes of fixed length.
        maximumHeaderSize = handle.maximumFrame - 1536
        self.onEvent = onEvent
    }

    var isOpen: Bool { failure == nil }

    // MARK: Sending

    /// Asks the broker and waits for the answer.
    ///
    /// - Throws: the broker's refusal, which also ends the connection; `connectionLost` after the call timeout.
    @discardableResult
    func call(
        _ command: BrokerCommand, isolation: isolated (any Actor)? = #isolation
    ) async throws(BrokerError) -> BrokerReply {
        let result = await withCheckedContinuation(isolation: isolation) { continuation in
            do throws(BrokerError) {
                let handle = try openHandle()
                let answer = try sending { () throws(BrokerError) in try handle.send(command) }
                calls.append(
                    PendingCall(
                        answer: answer, subject: command.subject, deadline: .now + callTimeout,
                        continuation: continuation))
            } catch {
                continuation.resume(returning: Result<BrokerReply, BrokerError>.failure(error))
            }
        }
        return try result.get()
    }

    /// Writes a publishing. The caller numbers them.
    ///
    /// - Throws: when the connection is or breaks; nothing is known of the publishing then.
    func publish(_ publishing: Publishing) throws(BrokerError) {
        // librabbitmq 0.11 hangs in a publish when the peer has been silent for two heartbeats and nobody noticed.
        if lastService.duration(to: .now) > serviceInterval / 4 { drain() }
        let handle = try openHandle()
        try sending { () throws(BrokerError) in try handle.publish(publishing) }
    }

    func acknowledge(_ tag: UInt64, multiple: Bool) throws(BrokerError) {
        let handle = try openHandle()
        try sending { () throws(BrokerError) in try handle.acknowledge(tag, multiple: multiple) }
    }

    func requeue(_ tag: UInt64) throws(BrokerError) {
        let handle = try openHandle()
        try sending { () throws(BrokerError) in try handle.requeue(tag) }
    }

    /// Closes in agreement with the broker. Never fails; a broker that does not answer is left.
    ///
    /// Acknowledgements written before are kept: quorum queues of RabbitMQ lose some at the close of a channel unless a
    /// question was answered in between.
    func close(isolation: isolated (any Actor)? = #isolation) async {
        // 0 would mean "no limit", and nothing is consumed any more.
        _ = try? await call(.limitDeliveries(1))
        _ = try? await call(.closeConnection)
        fail(BrokerError(.connectionLost, "connection closed"))
    }

    /// Drops the connection and tells everybody who waits.
    func fail(_ error: BrokerError) {
        guard failure == nil else { return }
        failure = error
        handle = nil
        isBlocked = false
        let waiting = calls
        calls = []
        for call in waiting { call.continuation.resume(returning: .failure(error)) }
        onEvent(.closed(error))
    }

    private func openHandle() throws(BrokerError) -> ConnectionHandle {
        if let failure { throw failure }
        guard let handle else { throw BrokerError(.connectionLost, "connection closed") }
        return handle
    }

    private func sending<Value>(_ body: () throws(BrokerError) -> Value) throws(BrokerError) -> Value {
        do {
            return try body()
        } catch {
            // Refused before anything was written: the connection is still good.
            if error.isConnectionFault { fail(error) }
            throw error
        }
    }

    // MARK: Pump

    /// Waits (if it may) for the socket or `wakeup`, then dispatches what has come, up to a limit; the rest at the next turn.
    func pump(_ wakeup: Int32, _ mayWait: Bool) {
        guard let handle else {
            if mayWait { _ = Self.poll(-1, wakeup, 1000) }
            return
        }
        let limit = mayWait && isDrained && !handle.hasBufferedFrames ? serviceInterval : .zero
        let isReadable = Self.poll(handle.descriptor, mayWait ? wakeup : -1, Int32(limit / .milliseconds(1)))
        let isDue = lastService.duration(to: .now) >= serviceInterval
        if isReadable || isDue || !isDrained || handle.hasBufferedFrames { drain() }
        if isDue || !calls.isEmpty || progressDeadline != nil { checkDeadlines() }
    }

    /// Reads socket and library buffers without waiting. They count as empty only after a read that found nothing, so that TLS
    /// records which the library has decrypted already are not overlooked.
    private func drain() {
        guard !isDraining, let handle else { return }
        isDraining = true
        defer { isDraining = false }
        lastService = .now
        do {
            let end = handle.frameCount + Self.framesPerTurn
            isDrained = false
            while isOpen, handle.frameCount < end {
                guard let frame = try handle.receive() else {
                    isDrained = true
                    break
                }
                dispatch(frame, handle)
            }
            // Only frames count: heartbeats between them go on for ever, and so do bytes that trickle into one.
            if !handle.isAmidMessage {
                progressDeadline = nil
            } else if progressDeadline == nil || handle.frameCount != lastFrameCount {
                progressDeadline = lastService + progressTimeout
            }
            lastFrameCount = handle.frameCount
        } catch {
            fail(error)
        }
    }

    private func dispatch(_ frame: IncomingFrame, _ handle: ConnectionHandle) {
        switch frame {
        case .delivery(let delivery): onEvent(.delivery(delivery))
        case .returned(let returned): onEvent(.returned(returned))
        case .confirmed(let tag, let multiple): onEvent(.confirmed(tag: tag, multiple: multiple))
        case .rejected(let tag, let multiple): onEvent(.rejected(tag: tag, multiple: multiple))
        case .cancelled: onEvent(.cancelled)
        case .reply(let reply): answer(reply)
        case .channelClosed(let error):
            // One channel per connection: without it the connection is of no use.
            handle.sayGoodbye(brokerClosed: false)
            fail(error.about(calls.first?.subject))
        case .connectionClosed(let error):
            handle.sayGoodbye(brokerClosed: true)
            fail(error.about(calls.first?.subject))
        case .blocked(let reason):
            isBlocked = true
            onEvent(.blocked(reason: reason))
        case .unblocked:
            isBlocked = false
            onEvent(.unblocked)
        }
    }

    private func answer(_ reply: BrokerReply) {
        guard let call = calls.first, call.answer == reply.method else {
            return fail(
                BrokerError(.protocolViolation, "the broker answered what nobody asked (method \(reply.method))"))
        }
        calls.removeFirst()
        call.continuation.resume(returning: .success(reply))
    }

    private func checkDeadlines() {
        let now = ContinuousClock.now
        if let call = calls.first, call.deadline < now {
            fail(BrokerError(.connectionLost, "the broker did not answer within \(callTimeout)"))
        } else if let progressDeadline, progressDeadline < now {
            fail(BrokerError(.connectionLost, "the broker began a message and did not go on for \(progressTimeout)"))
        }
    }

    /// - Returns: whether the first descriptor has something to read or is broken.
    private static func poll(_ socket: Int32, _ wakeup: Int32, _ milliseconds: Int32) -> Bool {
        withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
            descriptors.initializeElement(at: 0, to: pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
            descriptors.initializeElement(at: 1, to: pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0))
            let count = Glibc.poll(descriptors.baseAddress, 2, milliseconds)
            return count > 0 && descriptors[0].revents != 0
        }
    }
}

extension BrokerError {
    /// Whether the connection it came from is of no further use.
    var isConnectionFault: Bool { code == .connectionLost || code == .protocolViolation }

    /// The same, naming what it is about.
    func about(_ subject: String?) -> BrokerError {
        guard let subject, !message.contains(subject) else { return self }
        return BrokerError(code, "\(subject): \(message)", replyCode: replyCode)
    }
}
