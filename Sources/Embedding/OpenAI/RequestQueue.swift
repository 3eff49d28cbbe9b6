/// How large a request is, or may be.
struct RequestSize: Sendable, Equatable {
    var inputs: Int
    /// Estimated.
    var tokens: Int
    /// Of UTF-8 text.
    var bytes: Int

    static func + (left: RequestSize, right: RequestSize) -> RequestSize {
        RequestSize(
            inputs: left.inputs + right.inputs, tokens: left.tokens + right.tokens, bytes: left.bytes + right.bytes)
    }

    func fits(in caps: RequestSize) -> Bool { inputs <= caps.inputs && tokens <= caps.tokens && bytes <= caps.bytes }
}

/// One text that waits for its vector.
struct QueuedText: Sendable {
    /// The call that it belongs to, and its place in there.
    let call: Int
    let index: Int
    let text: String
    let size: RequestSize

    init(call: Int, index: Int, text: String) {
        self.call = call
        self.index = index
        self.text = text
        size = RequestSize(inputs: 1, tokens: TokenEstimate.count(text), bytes: text.utf8.count)
    }
}

/// The texts that wait, of all calls, in the order of arrival; handed out in requests that are as full as the caps allow.
struct RequestQueue {
    private var texts: ArraySlice<QueuedText> = []
    /// What one request may hold; a text that is larger travels alone.
    private(set) var caps: RequestSize

    init(caps: RequestSize) { self.caps = caps }

    var isEmpty: Bool { texts.isEmpty }
    var count: Int { texts.count }

    /// Whether waiting for more texts would not make the next request any fuller.
    var hasFullRequest: Bool { nextCount.map { $0 < texts.count || $0 == caps.inputs } ?? false }

    mutating func append(_ text: QueuedText) { texts.append(text) }

    mutating func removeAll(of call: Int) { texts.removeAll { $0.call == call } }

    /// The texts of the next request; empty when none waits.
    mutating func takeRequest() -> [QueuedText] {
        let request = Array(texts.prefix(nextCount ?? 0))
        texts = texts.dropFirst(request.count)
        // Lets go of the memory of what was sent; while texts wait, growing does that.
        if texts.isEmpty { texts = [] }
        return request
    }

    /// Takes smaller requests from now on, after the server refused one for its size.
    mutating func learn(_ cap: RequestCap, refused: RequestSize) {
        switch cap {
        case .inputs: caps.inputs = max(1, min(caps.inputs, (refused.inputs + 1) / 2))
        case .tokens: caps.tokens = max(1, min(caps.tokens, (refused.tokens + 1) / 2))
        case .bytes: caps.bytes = max(1, min(caps.bytes, (refused.bytes + 1) / 2))
        }
    }

    /// How many texts the next request has; nil when none waits.
    private var nextCount: Int? {
        guard var size = texts.first?.size else { return nil }
        for text in texts.dropFirst() {
            let larger = size + text.size
            guard larger.fits(in: caps) else { break }
            size = larger
        }
        return size.inputs
    }
}

/// Which limit of the server a request went past.
enum RequestCap: Sendable, Equatable {
    case inputs, tokens, bytes
}
