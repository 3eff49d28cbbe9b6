import Glibc

/// Writes whole lines to a descriptor without ever waiting for long: what nobody reads is dropped and counted.
///
/// A log line must not stop the work because a container runtime or a pager has stopped reading (row 47 of the fault
/// catalogue). A pipe that polls as writable takes PIPE_BUF bytes at once, so lines up to that size never block.
struct LineSink {
    /// What a pipe takes in one piece, other writers notwithstanding (pipe(7)).
    static let atomicSize = 4096
    /// How long the first line waits for a reader that has stopped. Until it reads again, later ones do not wait.
    private static let patienceInMilliseconds: Int32 = 1000

    private let descriptor: Int32
    private var isStalled = false
    /// Lines dropped; whoever reports them sets it back.
    var lost = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes all of `bytes` in one call of write(2), if the device takes them so.
    ///
    /// - Parameter isCounted: whether a failure counts as a lost line.
    /// - Returns: false when nothing or only a part could be written.
    @discardableResult
    mutating func write(_ bytes: [UInt8], isCounted: Bool = true) -> Bool {
        let isWritten = writeAll(bytes)
        if !isWritten, isCounted { lost += 1 }
        return isWritten
    }

    private mutating func writeAll(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard isWritable(waiting: isStalled ? 0 : Self.patienceInMilliseconds) else {
                isStalled = true
                return false
            }
            isStalled = false
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                // Closed or broken: there is nobody left to tell.
                return false
            }
        }
        return true
    }

    private func isWritable(waiting milliseconds: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = poll(&request, 1, milliseconds)
            if count < 0, errno == EINTR { continue }
            return count > 0 && Int32(request.revents) & POLLOUT != 0
        }
    }
}
