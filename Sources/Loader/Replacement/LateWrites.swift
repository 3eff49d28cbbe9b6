import Shared
import Synchronization

/// Remembers which documents may still be changed by a write that was given up.
///
/// A loader that dies, or gives up waiting for an answer, may leave a write on its way: in the kernel's buffers, in a proxy,
/// in the server's hands. The message comes again at once; by the time the late write lands, the points that it brings may
/// have been replaced and deleted, and nobody would look for them again. So whoever works on such a message has its
/// documents cleaned up once more, ``CleanUps/delay`` later, and acknowledges only when that is arranged.
///
/// That rests on one assumption: a write lands within that time after its sender gave it up, and a loader whose delivery was
/// taken away is done with it within that time. What breaks it can leave old points until the document changes again.
final class LateWrites: Sendable {
    private let doubtful = Mutex<Set<String>>([])

    init() {}

    /// Notes that a request was given up without knowing what became of it.
    func abandoned(_ documentIDs: some Sequence<String>) { doubtful.withLock { $0.formUnion(documentIDs) } }

    /// Whether a write to one of these documents may be on its way, now that they are loaded. Asked once: whoever gets `true`
    /// has them cleaned up.
    func take(_ documentIDs: some Sequence<String>) -> Bool {
        doubtful.withLock { doubtful in
            // All of them are removed, so no short cut.
            documentIDs.reduce(false) { found, id in doubtful.remove(id) != nil || found }
        }
    }
}
