import Shared
import Synchronization

/// Cleans up after writes that land late.
///
/// A loader that dies, or gives up waiting for an answer, may leave a write on its way: in the kernel's buffers, in a proxy,
/// in the server's hands. The message comes again at once; by the time the late write lands, the points that it brings may
/// have been replaced and deleted, and nobody would look for them again. So whoever works on such a message looks once
/// more after the write must have landed, and acknowledges only then.
///
/// That rests on one assumption: a write lands within ``horizon`` after its sender gave it up, and a loader whose delivery
/// was taken away is done with it within that time. `loader audit` finds what breaks it.
final class LateWrites: Sendable {
    /// How long a write may be on its way after its sender is gone: several retransmissions of TCP and the parsing of the
    /// body. Not the time it takes to be applied: Qdrant applies the writes of a shard in the order in which they came.
    static let horizon = Duration.seconds(3)

    private let time: LoaderTime
    /// When a write was last given up in this process.
    private let last = Mutex<Duration?>(nil)

    init(time: LoaderTime = .continuous) { self.time = time }

    /// Notes that a request was given up without knowing what became of it.
    func abandoned() {
        let now = time.now()
        last.withLock { $0 = now }
    }

    /// Has a message loaded and, if an earlier write of it may still land, cleaned up after that.
    ///
    /// - Parameters:
    ///   - isRedelivered: another attempt at this message may have died just now.
    ///   - load: loads the message; with `true` only what is left to be done after it was loaded.
    func covering<Failure: Error>(
        isRedelivered: Bool, _ load: (_ cleansOnly: Bool) async throws(Failure) -> Void
    ) async throws(Failure) {
        let received = time.now()
        var began = received
        try await load(false)
        while let landed = landing(received, isRedelivered), landed > began {
            await time.sleep(landed - time.now())
            began = time.now()
            // Cancelled while waiting: what follows fails as cancelled, and the message is handed back.
            try await load(true)
        }
    }

    /// When the last write must have landed that may be on its way; nil when none is.
    private func landing(_ received: Duration, _ isRedelivered: Bool) -> Duration? {
        let times = [isRedelivered ? received : nil, last.withLock { $0 }].compactMap { $0 }
        return times.max().map { $0 + Self.horizon }
    }
}

/// A clock that tests can replace.
struct LoaderTime: Sendable {
    /// Time since some moment in the past.
    let now: @Sendable () -> Duration
    /// Waits; returns early when the task is cancelled.
    let sleep: @Sendable (Duration) async -> Void

    static let continuous: LoaderTime = {
        let start = ContinuousClock.now
        return LoaderTime(now: { start.duration(to: .now) }, sleep: { try? await Task.sleep(for: $0) })
    }()
}
