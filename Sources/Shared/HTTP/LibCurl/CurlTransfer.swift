import CCurl

/// One request under way: what is still to be sent and what has been received.
///
/// Belongs to the transport's thread. libcurl's callbacks get it as an unretained pointer; ``CurlMulti`` keeps it alive
/// for as long as the easy handle is in use.
final class CurlTransfer {
    typealias Outcome = Result<HTTPResponse, HTTPError>

    /// Limit of all header lines of one answer together; libcurl 7.88 has none.
    static let maximumHeaderBytes = 256 << 10

    let id: UInt64
    let request: HTTPRequest
    let target: CurlTarget
    let deadline: ContinuousClock.Instant
    private var continuation: CheckedContinuation<Outcome, Never>?

    private(set) var body: [UInt8] = []
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var isTooLarge = false
    private var headerBytes = 0
    private var isHeaderComplete = false
    private var sentBytes = 0
    /// Whether this is already the second go, on a fresh connection.
    var isRepeated = false

    init(
        id: UInt64, request: HTTPRequest, target: CurlTarget, start: ContinuousClock.Instant,
        continuation: CheckedContinuation<Outcome, Never>
    ) {
        self.id = id
        self.request = request
        self.target = target
        // Bounded, because an instant far beyond the clock's range traps.
        deadline = start.advanced(by: min(request.deadline, .seconds(86_400)))
        self.continuation = continuation
    }

    /// Answers the caller; only the first call counts.
    func finish(_ outcome: Outcome) {
        continuation?.resume(returning: outcome)
        continuation = nil
    }

    func finish(_ code: HTTPError.Code, _ message: String) {
        finish(.failure(HTTPError(code, endpoint: target.endpoint, message: message)))
    }

    enum Ending { case cancelled, deadlinePassed, closed }

    func finish(_ ending: Ending) {
        switch ending {
        case .cancelled: finish(.cancelled, "the task was cancelled")
        case .closed: finish(.cancelled, "the HTTP transport was closed")
        case .deadlinePassed: finish(.timedOut, "no complete answer within \(request.deadline)")
        }
    }

    var hasReceivedNothing: Bool { headerBytes == 0 && body.isEmpty }

    func finish(status: Int) {
        finish(.success(HTTPResponse(status: status, headers: headers, body: body)))
    }

    // MARK: Called by libcurl

    /// Takes decoded bytes; false ends the transfer.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= request.maximumResponseBytes - body.count else {
            isTooLarge = true
            return false
        }
        if body.isEmpty, let length = headers.first(where: { $0.name == "content-length" }).flatMap({ Int($0.value) }) {
            // A hint only: the peer may lie, so at most a megabyte is believed.
            body.reserveCapacity(min(max(length, bytes.count), request.maximumResponseBytes, 1 << 20))
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// Takes one header line with its line end; false ends the transfer.
    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            isTooLarge = true
            return false
        }
        let text = String(decoding: line, as: UTF8.self).trimming(\.isNewline)
        if text.hasPrefix("HTTP/") {
            // A new block: after 100 Continue only the last one is the answer's.
            headers = []
            isHeaderComplete = false
        } else if text.isEmpty {
            isHeaderComplete = true
        } else if !isHeaderComplete {
            append(header: text)
        }
        return true
    }

    private func append(header line: String) {
        if line.first == " " || line.first == "\t" {
            // An obsolete folded line goes on with the one before.
            guard let last = headers.indices.last else { return }
            headers[last].value += " " + line.trimming(\.isWhitespace)
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let name = line[..<colon].lowercased()
        headers.append((name, String(line[line.index(after: colon)...]).trimming(\.isWhitespace)))
    }

    /// Copies the next part of the request's body into libcurl's buffer.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let body = request.body else { return 0 }
        let count = min(buffer.count, body.count - sentBytes)
        body.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[sentBytes..<(sentBytes + count)]))
        }
        sentBytes += count
        return count
    }

    /// libcurl starts over, on a fresh connection.
    func rewind(to offset: Int) -> Bool {
        guard (0...(request.body?.count ?? 0)).contains(offset) else { return false }
        sentBytes = offset
        return true
    }

    /// Forgets everything received and sent.
    func startOver() {
        body.removeAll()
        headers = []
        headerBytes = 0
        isHeaderComplete = false
        sentBytes = 0
    }
}
