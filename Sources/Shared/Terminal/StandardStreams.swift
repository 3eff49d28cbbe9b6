import Glibc
import Synchronization

/// The program's standard output and standard error, shared by log lines, results and live progress.
///
/// Live progress stays at the bottom of the terminal: a log line erases it, is written, and draws it again, all in one
/// write(2). Everything that prints goes through here, or the two garble each other.
public final class StandardStreams: Sendable {
    private struct State {
        var sink: LineSink
        var live: [(id: Int, text: String)] = []
        var drawnRows = 0
        var nextID = 0

        mutating func above(_ line: [UInt8], _ terminal: Terminal) -> [UInt8] {
            erasure() + line + [UInt8(ascii: "\n")] + drawing(terminal)
        }

        /// Bytes that remove the rows drawn last and leave the cursor where they began.
        mutating func erasure() -> [UInt8] {
            guard drawnRows > 0 else { return [] }
            let up = drawnRows > 1 ? "\u{1B}[\(drawnRows - 1)A" : ""
            drawnRows = 0
            return Array("\r\(up)\u{1B}[J".utf8)
        }

        /// Bytes that draw the rows; the cursor stays at the end of the last one, so that a killed program leaves no mess.
        mutating func drawing(_ terminal: Terminal) -> [UInt8] {
            let lines = live.filter { !$0.text.isEmpty }
                .flatMap { $0.text.split(separator: "\n", omittingEmptySubsequences: false) }
            // One column stays free: text in the last one wraps on some terminals, and then the row count is wrong. It is
            // wrong, too, when the first rows have scrolled away.
            let rows = lines.prefix(terminal.rows).map { String($0).truncated(toWidth: terminal.columns - 1) }
            drawnRows = rows.count
            return Array(rows.joined(separator: "\n").utf8)
        }
    }

    private let state: Mutex<State>
    private let output: Int32
    /// The terminal of standard error, on which progress is drawn.
    public let errorTerminal: Terminal
    private let outputTerminal: Terminal

    /// The streams of this process.
    public static let shared = StandardStreams(
        output: STDOUT_FILENO, error: STDERR_FILENO, outputTerminal: .standardOutput, errorTerminal: .standardError)

    init(output: Int32, error: Int32, outputTerminal: Terminal, errorTerminal: Terminal) {
        self.output = output
        self.outputTerminal = outputTerminal
        self.errorTerminal = errorTerminal
        state = Mutex(State(sink: LineSink(descriptor: error)))
    }

    /// Writes one line on standard error, above live progress. Never waits for a reader for more than a second.
    ///
    /// - Parameters:
    ///   - line: without the line feed.
    ///   - lossNotice: makes the line that tells how many were dropped before, once somebody reads again.
    public func writeErrorLine(_ line: [UInt8], lossNotice: (Int) -> [UInt8]? = { _ in nil }) {
        state.withLock { state in
            if state.sink.lost > 0, let notice = lossNotice(state.sink.lost) {
                let bytes = state.above(notice, errorTerminal)
                if state.sink.write(bytes, isCounted: false) { state.sink.lost = 0 }
            }
            let bytes = state.above(line, errorTerminal)
            state.sink.write(bytes)
        }
    }

    public func writeErrorLine(_ line: String) { writeErrorLine(Array(line.utf8)) }

    /// Writes text and a line feed on standard output, all of it, waiting for the reader as long as it takes.
    ///
    /// - Returns: false when the reader has gone (`… | head`): the caller may stop.
    @discardableResult
    public func print(_ text: String) -> Bool { print(bytes: Array(text.utf8)) }

    /// As ``print(_:)``, for text that is already encoded.
    @discardableResult
    public func print(bytes: [UInt8]) -> Bool {
        let line = bytes + [UInt8(ascii: "\n")]
        // Only on a shared terminal can the two streams mix. Elsewhere the lock is not held: a slow reader of the results
        // must not hold up log lines.
        guard outputTerminal.isInteractive, errorTerminal.isInteractive else { return writeOutput(line) }
        return state.withLock { state in
            let erasure = state.erasure()
            state.sink.write(erasure, isCounted: false)
            let isWritten = writeOutput(line)
            let drawing = state.drawing(errorTerminal)
            state.sink.write(drawing, isCounted: false)
            return isWritten
        }
    }

    private func writeOutput(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var request = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                poll(&request, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Lines written on standard error that nobody read in time.
    public var lostLines: Int { state.withLock { $0.sink.lost } }

    // MARK: Live progress

    /// Adds a row at the bottom. Nothing is drawn before the first ``updateLive(_:_:)``.
    func attachLive() -> Int {
        state.withLock { state in
            state.nextID += 1
            state.live.append((state.nextID, ""))
            return state.nextID
        }
    }

    /// Draws a row anew, or several when the text has line feeds, together with all others.
    func updateLive(_ id: Int, _ text: String) {
        state.withLock { state in
            guard let index = state.live.firstIndex(where: { $0.id == id }) else { return }
            state.live[index].text = text
            let bytes = state.erasure() + state.drawing(errorTerminal)
            state.sink.write(bytes, isCounted: false)
        }
    }

    /// Takes a row away; `line` stays in its place as an ordinary line.
    func detachLive(_ id: Int, leaving line: String?) {
        state.withLock { state in
            guard state.live.contains(where: { $0.id == id }) else { return }
            let erasure = state.erasure()
            state.live.removeAll { $0.id == id }
            let left = line.map { Array("\($0)\n".utf8) } ?? []
            let bytes = erasure + left + state.drawing(errorTerminal)
            state.sink.write(bytes, isCounted: false)
        }
    }
}
