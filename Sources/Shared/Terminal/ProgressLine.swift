import Synchronization

/// One live line about long work, at the bottom of the terminal. Several may be shown at once, one below the other.
///
/// Draws at most ten times a second, and nothing at all when standard error is no terminal: there, log lines tell.
/// Any thread may call it. Use ``withProgress(_:total:unit:on:_:)``, which also keeps the clock going and always cleans up.
public final class ProgressLine: Sendable {
    private struct State {
        var snapshot: ProgressSnapshot
        var lastDrawn: ContinuousClock.Instant?
        var lastText = ""
        var isFinished = false
    }

    private static let interval = Duration.milliseconds(100)

    private let streams: StandardStreams
    private let id: Int?
    private let began: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// Begins a line.
    ///
    /// - Parameters:
    ///   - total: how much there is, nil when not known (yet).
    ///   - unit: what is counted, in the plural.
    public convenience init(
        _ title: String, total: Int? = nil, unit: String = "", on streams: StandardStreams = .shared
    ) {
        self.init(title, total: total, unit: unit, on: streams, now: { .now })
    }

    init(
        _ title: String, total: Int?, unit: String, on streams: StandardStreams,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.streams = streams
        self.now = now
        began = now()
        id = streams.errorTerminal.isInteractive ? streams.attachLive() : nil
        let snapshot = ProgressSnapshot(title: title, completed: 0, total: total, unit: unit, elapsed: .zero)
        state = Mutex(State(snapshot: snapshot))
        refresh(isForced: true)
    }

    /// Whether somebody sees the line; if not, log lines should tell.
    public var isShown: Bool { id != nil }

    /// Counts `count` things as done.
    public func advance(by count: Int = 1) { change { $0.completed += count } }

    /// Sets what is done and, when given, what there is.
    public func update(completed: Int, total: Int? = nil) {
        change { snapshot in
            snapshot.completed = completed
            if let total { snapshot.total = total }
        }
    }

    /// Sets how much there is; nil when that is not known any more.
    public func setTotal(_ total: Int?) { change { $0.total = total } }

    /// Sets a further counter, shown behind the time in the order of first use.
    public func setCounter(_ name: String, _ value: Int) {
        change { snapshot in
            if let index = snapshot.counters.firstIndex(where: { $0.name == name }) {
                snapshot.counters[index].value = value
            } else {
                snapshot.counters.append((name, value))
            }
        }
    }

    /// Says what is being worked on; empty for nothing.
    public func setNote(_ note: String) { change { $0.note = note } }

    /// Ends the line and leaves a summary behind, `outcome` in it. Later calls do nothing.
    public func finish(_ outcome: String? = nil) { end(isLeavingSummary: true, outcome) }

    /// Ends the line and leaves nothing behind.
    public func erase() { end(isLeavingSummary: false, nil) }

    deinit { erase() }

    /// Draws the line if something has changed, the clock included, and the last drawing is long enough ago.
    func refresh(isForced: Bool = false) {
        guard let id else { return }
        let time = now()
        let text = state.withLock { state -> String? in
            guard !state.isFinished else { return nil }
            if !isForced, let last = state.lastDrawn, last.duration(to: time) < Self.interval { return nil }
            state.snapshot.elapsed = began.duration(to: time)
            let text = state.snapshot.text(columns: streams.errorTerminal.columns)
            guard text != state.lastText else { return nil }
            state.lastText = text
            state.lastDrawn = time
            return text
        }
        if let text { streams.updateLive(id, text) }
    }

    /// Redraws until cancelled, so that the clock goes on and the last change is seen while nothing else happens.
    func keepFresh() async {
        guard id != nil else { return }
        while (try? await Task.sleep(for: Self.interval)) != nil { refresh() }
    }

    private func change(_ body: (inout ProgressSnapshot) -> Void) {
        guard id != nil else { return }
        state.withLock { body(&$0.snapshot) }
        refresh()
    }

    private func end(isLeavingSummary: Bool, _ outcome: String?) {
        guard let id else { return }
        let time = now()
        let summary = state.withLock { state -> String? in
            guard !state.isFinished else { return nil }
            state.isFinished = true
            state.snapshot.elapsed = began.duration(to: time)
            return state.snapshot.summary(outcome)
        }
        if let summary { streams.detachLive(id, leaving: isLeavingSummary ? summary : nil) }
    }
}

/// Runs `body` with a live progress line: a summary stays behind when it returns, nothing when it throws.
///
/// - Parameters:
///   - total: how much there is, nil when not known (yet).
///   - unit: what is counted, in the plural.
public func withProgress<Result, Failure: Error>(
    _ title: String, total: Int? = nil, unit: String = "", on streams: StandardStreams = .shared,
    isolation: isolated (any Actor)? = #isolation, _ body: (ProgressLine) async throws(Failure) -> sending Result
) async throws(Failure) -> sending Result {
    let progress = ProgressLine(title, total: total, unit: unit, on: streams)
    async let _: Void = progress.keepFresh()
    // Leaving the scope cancels the clock and waits for it; the line is gone by then, whatever happened.
    defer { progress.erase() }
    let result = try await body(progress)
    progress.finish()
    return result
}
