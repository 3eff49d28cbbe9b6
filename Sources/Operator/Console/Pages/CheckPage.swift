/// `ohra check` as a page.
enum CheckPage {
    static func page(_ desk: ConsoleDesk) async -> Page {
        let results = await desk.check()
        let failed = results.count { $0.failure != nil }
        let verdict: HTML =
            failed == 0
            ? "<p class=\"verdict good\">Everything works.</p>"
            : "<p class=\"verdict bad\">\(failed) of \(results.count) checks failed.</p>"
        return Page(.check, "\(verdict)\n\(HTML(CheckResult.table(results)))")
    }
}
