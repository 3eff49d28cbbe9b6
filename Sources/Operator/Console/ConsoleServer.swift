import Logging
import ServiceLifecycle
import Shared

/// Serves the console until the graceful shutdown.
struct ConsoleServer: Service, CustomStringConvertible {
    /// Seconds for one page: a trace reads the whole journal, a replay of dead letters waits for the broker.
    private static let patience = 600.0

    let host: String
    let port: UInt16
    let desk: ConsoleDesk
    let logger: Logger
    /// Called with the address to open.
    let onListening: @Sendable (String) -> Void

    var description: String { "console" }

    /// - Throws: ``SettingsError`` when the address cannot be listened on.
    func run() async throws {
        let gate = ConsoleGate(port: port)
        let listener = HTTPListener(host: host, port: port, patience: Self.patience, setting: "--port")
        try await listener.run { port in
            onListening("http://\(Self.reachableName(of: host)):\(port)/?token=\(gate.token)")
        } answer: {
            await answer($0, gate)
        }
    }

    /// What stands for an address to listen on in the one that this machine's browser opens.
    static func reachableName(of host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }

    private func answer(_ request: ServedRequest, _ gate: ConsoleGate) async -> ServedResponse {
        switch request.path {
        case "/console.css": return ServedResponse(200, type: "text/css; charset=utf-8", body: ConsoleStyle.bytes)
        case "/console.js":
            return ServedResponse(200, type: "text/javascript; charset=utf-8", body: ConsoleScript.bytes)
        default: break
        }
        switch gate.decide(request) {
        case .admitted: break
        case .welcome(let cookie): return redirect(to: request.path, [("Set-Cookie", cookie)])
        case .refused:
            return show(403, Page("Not let in", "<p>Open the address that <code>ohra console</code> printed.</p>"))
        }
        do {
            return try await route(request)
        } catch {
            logger.debug("A page could not be made", metadata: [LogKey.errorDetail: "\(error)"])
            let tab = Page.Tab(rawValue: request.path)
            return show(
                502, Page("That did not work", tab: tab, "<p class=\"verdict bad\">\("\(error)".terminalSafe)</p>"))
        }
    }

    private func route(_ request: ServedRequest) async throws -> ServedResponse {
        let query = request.query
        switch (request.method, request.path) {
        case ("GET", "/"): return show(200, try await desk.overview().page)
        case ("GET", "/live"): return show(200, try await desk.overview().table)
        case ("GET", "/search"): return show(200, try await SearchPage(query).page(desk))
        case ("GET", "/trace"): return show(200, try await TracePage(query).page(desk))
        case ("GET", "/check"): return show(200, await CheckPage.page(desk))
        case ("GET", "/dead"): return show(200, try await DeadPage(query).page(desk))
        case ("GET", "/dead/letter"): return show(200, try await LetterPage(query).page(desk))
        case ("POST", "/dead"):
            guard let form = await request.form() else {
                return show(
                    413,
                    Page(
                        "Too much", tab: .dead, "<p>Narrow the choice by a filter, or take <code>ohra dead</code>.</p>")
                )
            }
            switch try await DeadAction(form).perform(desk, logger) {
            case .ask(let page): return show(200, page)
            case .done(let address): return redirect(to: address)
            }
        case ("GET", _): return show(404, Page("Not found", "<p>There is no such page.</p>"))
        default: return show(405, Page("Not allowed", "<p>Pages are asked for by GET.</p>"))
        }
    }

    private func show(_ status: Int, _ page: Page) -> ServedResponse { show(status, page.html) }

    private func show(_ status: Int, _ html: HTML) -> ServedResponse {
        ServedResponse(
            status, type: "text/html; charset=utf-8",
            headers: [
                // Nothing from elsewhere, no script but ours: what documents say cannot become a part of the page.
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
                        + "base-uri 'none'; frame-ancestors 'none'"
                ),
                // Not `no-referrer`, which makes the origin of our own forms `null`.
                ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ], body: Array(html.text.utf8))
    }

    private func redirect(to address: String, _ headers: [(name: String, value: String)] = []) -> ServedResponse {
        ServedResponse(303, type: "text/plain", headers: [("Location", address)] + headers, body: [])
    }
}
