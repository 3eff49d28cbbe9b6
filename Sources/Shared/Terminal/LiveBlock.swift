/// Several lines at the bottom of the terminal that are drawn anew together. Nothing is drawn where standard error is no
/// terminal.
public final class LiveBlock: Sendable {
    private let streams: StandardStreams
    private let id: Int?

    public init(on streams: StandardStreams = .shared) {
        self.streams = streams
        id = streams.errorTerminal.isInteractive ? streams.attachLive() : nil
    }

    /// Replaces what was shown before. Lines that the terminal has no room for are left out.
    public func show(_ lines: [String]) {
        if let id { streams.updateLive(id, lines.joined(separator: "\n")) }
    }

    /// Takes the block away; `lines` stay in its place.
    public func end(leaving lines: [String] = []) {
        if let id { streams.detachLive(id, leaving: lines.isEmpty ? nil : lines.joined(separator: "\n")) }
    }

    deinit { end() }
}
