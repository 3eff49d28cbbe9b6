import CShims
import Glibc
import Synchronization

/// A thread of its own that runs the jobs of one actor and, in between, waits on that actor's connection.
///
/// C clients such as librabbitmq and libcurl belong to one thread and do nothing unless they are called. The actor that
/// owns such a handle names this thread as its executor; between jobs the thread calls the actor's *pump*, which waits on
/// the connection and on ``wakeupDescriptor`` together. Dispatch has no serial-queue executor on Linux, hence our own.
///
/// **Isolation**: jobs and the pump run on the thread, one after another. **Ownership**: the thread ends when the last
/// reference to this object goes.
public final class ConnectionThread: SerialExecutor {
    /// Waits for the connection or the wake-up descriptor and serves the connection. When `mayWait` is false jobs are
    /// queued and it must return at once; otherwise it returns within a second or when the descriptor is readable.
    public typealias Pump = (_ wakeupDescriptor: Int32, _ mayWait: Bool) -> Void

    private let state: State

    /// Starts the thread.
    ///
    /// - Parameter stackSize: bytes. 16 MB, because librabbitmq before 0.14 decodes nested header tables recursively
    ///   (research: a 30 KB header overflows 512 KB).
    public init(name: String, stackSize: Int = 16 << 20) {
        state = State()
        state.owner = self
        let context = ThreadContext(state: state, name: name)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let context = Unmanaged<ThreadContext>.fromOpaque(argument).takeRetainedValue()
                ohra_thread_set_name(context.name)
                context.state.run()
                return nil
            }, Unmanaged.passRetained(context).toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(status == 0, "the system refuses another thread")
    }

    deinit { state.stop() }

    /// Readable while jobs are waiting.
    public var wakeupDescriptor: Int32 { state.wakeup }

    /// Sets or removes the pump. Call it on the thread, from the actor that lives here.
    public func setPump(_ pump: Pump?) { state.pump = pump }

    /// Has the pump called soon, from any thread, as if a job had come.
    public func wake() { state.signal() }

    public func enqueue(_ job: consuming ExecutorJob) { state.enqueue(UnownedJob(job)) }

    public func checkIsolated() {
        precondition(state.isCurrent, "called off the connection's thread")
    }

    /// What thread and executor share; outlives the executor until the thread has ended.
    ///
    /// `@unchecked`: `jobs` and `isStopped` are touched under the mutex only; `pump` only on the thread; `owner` is set
    /// before the thread starts and only used while a job runs, and a job keeps its actor and so the executor alive.
    private final class State: @unchecked Sendable {
        struct Queue {
            var jobs: [UnownedJob] = []
            var isStopped = false
        }

        let queue = Mutex(Queue())
        let wakeup = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        unowned(unsafe) var owner: ConnectionThread?
        var pump: Pump?
        private let thread = Mutex<pthread_t?>(nil)

        deinit { close(wakeup) }

        var isCurrent: Bool { thread.withLock { $0 } == pthread_self() }

        func enqueue(_ job: UnownedJob) {
            // Signalled under the lock: once the thread can take the job, that job may let go of the actor, the executor and
            // so of this object, which must not be touched any more by then.
            queue.withLock { queue in
                queue.jobs.append(job)
                if queue.jobs.count == 1 { signal() }
            }
        }

        func stop() {
            queue.withLock { $0.isStopped = true }
            signal()
        }

        func signal() { eventfd_write(wakeup, 1) }

        func run() {
            thread.withLock { $0 = pthread_self() }
            // OpenSSL writes without MSG_NOSIGNAL: a peer that closes would kill the process. On this thread it is an error.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            var batch: [UnownedJob] = []
            while true {
                // Emptied before the queue is looked at: a signal may come late, after its job was already taken, and an
                // unread one would make the pump return at once for ever.
                var count: eventfd_t = 0
                eventfd_read(wakeup, &count)
                let isStopped = queue.withLock { queue in
                    swap(&batch, &queue.jobs)
                    return queue.isStopped
                }
                if batch.isEmpty {
                    if isStopped { return }
                    wait(mayWait: true)
                    continue
                }
                for job in batch {
                    guard let owner else { return }
                    // Held, because the job may be the actor's deinitializer and let go of the executor.
                    withExtendedLifetime(owner) { job.runSynchronously(on: $0.asUnownedSerialExecutor()) }
                }
                batch.removeAll(keepingCapacity: true)
                wait(mayWait: false)
            }
        }

        private func wait(mayWait: Bool) {
            if let pump { return pump(wakeup, mayWait) }
            guard mayWait else { return }
            var descriptor = pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, -1)
        }
    }

    private final class ThreadContext {
        let state: State
        let name: String

        init(state: State, name: String) {
            self.state = state
            self.name = name
        }
    }
}
