import Shared

/// What waits, what failed, what is loaded; the table is drawn anew every two seconds.
struct OverviewPage {
    let status: FleetStatus
    let history: StatusHistory

    var page: Page { Page(.overview, "<div id=\"live\" data-live=\"/live\">\(table)</div>") }

    var table: HTML {
        let sources: HTML = status.sources.isEmpty ? "" : "<h2>Sources</h2>\n\(HTML(status.sourceTable))"
        let dead: HTML = status.dead == 0 ? "" : " class=\"bad\""
        return """
            <dl class="totals">
            <div><dt>documents</dt><dd>\(status.documents.grouped)<small>\(history.documentSpeed)</small></dd></div>
            <div><dt>points</dt><dd>\(status.points.grouped)<small>\(history.pointSpeed)</small></dd></div>
            <div\(dead)><dt><a href="/dead">dead letters</a></dt><dd>\(status.dead.grouped)</dd></div>
            </dl>
            <h2>Queues</h2>
            <div class="scroll"><table>
            <thead><tr><th>queue</th><th class="right">ready</th><th class="right">unacked</th>
            <th class="right">consumers</th><th class="right">change</th><th class="right">left</th><th>worked off</th></tr></thead>
            <tbody>
            \(status.busyQueues.map(row))
            </tbody></table></div>
            \(sources)
            """
    }

    private func row(_ queue: FleetStatus.Queue) -> HTML {
        """
        <tr><td>\(queue.name)</td><td class="right">\(queue.depth.messages.grouped)</td>
        <td class="right">\(queue.unacked.map(\.grouped) ?? "?")</td><td class="right">\(queue.depth.consumers)</td>
        <td class="right">\(history.change(of: queue).map(StatusHistory.signed) ?? "")</td>
        <td class="right">\(history.timeLeft(of: queue)?.clock ?? "")</td><td>\(bar(queue))</td></tr>

        """
    }

    private func bar(_ queue: FleetStatus.Queue) -> HTML {
        guard queue.isWork else { return "" }
        guard let share = history.shareDone(of: queue) else { return "idle" }
        let percent = Int(share * 100)
        return "<progress max=\"100\" value=\"\(percent)\">\(percent)%</progress> \(percent)%"
    }
}
