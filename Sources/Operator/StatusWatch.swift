import Logging
import ServiceLifecycle
import Shared

/// Reads the fleet's state again and again until it is told to stop: a live view on a terminal, elsewhere one reading after the
/// other.
struct StatusWatch: Service, CustomStringConvertible {
    let interval: Duration
    let printsJSON: Bool
    let read: @Sendable () async throws -> FleetStatus

    var description: String { "status" }

    func run() async throws {
        let streams = StandardStreams.shared
        let isLive = streams.errorTerminal.isInteractive && !printsJSON
        let block = LiveBlock()
        var view = StatusView()
        var lines: [String] = []
        var isFirst = true
        while !Task.isShuttingDownGracefully {
            do {
                let status = try await read()
                isFirst = false
                if isLive {
                    lines = view.lines(status, at: .now, columns: streams.errorTerminal.columns)
                    block.show(lines)
                } else if !streams.print(bytes: printsJSON ? status.json : Array("\(status.text)\n".utf8)) {
                    return
                }
            } catch {
                // A view that has begun outlives a server that is started anew.
                guard !isFirst else { throw error }
                let complaint = "\(error)".terminalSafe
                if isLive { block.show(lines + ["", complaint]) } else { streams.writeErrorLine(complaint) }
            }
            // Ends early on shutdown only, which the loop looks at.
            try? await cancelWhenGracefulShutdown { [interval] in try await Task.sleep(for: interval) }
        }
        block.end(leaving: lines)
    }
}
