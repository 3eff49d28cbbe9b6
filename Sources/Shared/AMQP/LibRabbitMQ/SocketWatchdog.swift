import CShims
import Glibc
import Synchronization

/// Shuts down sockets on which a library call has overrun its deadline, or waits for a peer that has fallen silent.
///
/// librabbitmq 0.11 can block for ever: a publish into a full socket has no deadline, and after two silent heartbeats its
/// internal read waits without limit (alanxz/rabbitmq-c#780). Socket timeouts do not help, as the library polls a
/// non-blocking socket. Shutting the socket down wakes the poll, and the call fails with "connection closed".
/// TCP_USER_TIMEOUT is no substitute: it also ends connections to a peer that reads slowly but is well (measured: a body at
/// 10 KB/s through a small window), while what counts is whether its heartbeats arrive.
final class SocketWatchdog: Sendable {
    static let shared = SocketWatchdog()

    /// How late a deadline may be noticed.
    private static let interval: Int32 = 250

    private let watched = Mutex<[ObjectIdentifier: Watch]>([:])
    private let wakeup = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))

    private init() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<SocketWatchdog>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, context)
        pthread_attr_destroy(&attributes)
        precondition(status == 0, "the system refuses another thread")
    }

    /// Starts to watch a socket. Ends when the returned object goes.
    ///
    /// - Returns: nil when the process is out of descriptors.
    func watch(_ descriptor: Int32) -> Watch? {
        guard let watch = Watch(descriptor) else { return nil }
        watched.withLock { $0[ObjectIdentifier(watch)] = watch }
        eventfd_write(wakeup, 1)
        return watch
    }

    func remove(_ watch: Watch) {
        _ = watched.withLock { $0.removeValue(forKey: ObjectIdentifier(watch)) }
        watch.end()
    }

    private func run() {
        while true {
            let isIdle = watched.withLock { watches in
                let now = Watch.now
                for watch in watches.values { watch.check(now) }
                return watches.isEmpty
            }
            // A signal only says that there is something to watch again; deadlines themselves are looked at by the clock.
            var descriptor = pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, isIdle ? 1 : 0, isIdle ? -1 : Self.interval)
            var count: eventfd_t = 0
            eventfd_read(wakeup, &count)
        }
    }

    /// The deadline of one socket's current call.
    final class Watch: Sendable {
        /// A duplicate, so that the library closing its own descriptor cannot make us hit a stranger's socket.
        private let descriptor: Mutex<Int32>
        /// Nanoseconds of the monotonic clock, 0 for none.
        private let deadline = Atomic<UInt64>(0)
        /// Milliseconds without a byte from the peer that are too many, 0 for no limit.
        private let silenceLimit = Atomic<UInt32>(0)

        fileprivate init?(_ original: Int32) {
            let copy = fcntl(original, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { return nil }
            descriptor = Mutex(copy)
        }

        static var now: UInt64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }

        /// Runs `body`, shutting the socket down when it takes longer than `seconds`.
        func limited<Value>(_ seconds: Double, _ body: () -> Value) -> Value {
            deadline.store(Self.now + UInt64(seconds * 1e9), ordering: .relaxed)
            defer { deadline.store(0, ordering: .relaxed) }
            return body()
        }

        /// From now on a call is also ended when nothing arrives for so long; 0 means never.
        func limitSilence(seconds: Int) {
            // The library notices by itself where it can; this is for calls that do not look.
            silenceLimit.store(seconds == 0 ? 0 : UInt32(clamping: seconds * 1000 + 500), ordering: .relaxed)
        }

        fileprivate func check(_ now: UInt64) {
            let deadline = deadline.load(ordering: .relaxed)
            guard deadline != 0 else { return }
            descriptor.withLock { descriptor in
                guard descriptor >= 0, now > deadline || isSilent(descriptor) else { return }
                _ = shutdown(descriptor, Int32(SHUT_RDWR))
            }
        }

        private func isSilent(_ descriptor: Int32) -> Bool {
            let limit = silenceLimit.load(ordering: .relaxed)
            guard limit != 0 else { return false }
            var info = tcp_info()
            var length = socklen_t(MemoryLayout<tcp_info>.size)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0 else { return false }
            return info.tcpi_last_data_recv > limit
        }

        fileprivate func end() {
            descriptor.withLock { descriptor in
                if descriptor >= 0 { close(descriptor) }
                descriptor = -1
            }
        }
    }
}
