import FoundationEssentials
import Shared
import Testing

import class Foundation.ProcessInfo

/// The extractor against both Jiras of the stand-in, which hold the same issues.
@Suite(.timeLimit(.minutes(5))) struct JiraEditionsTests {
    private enum Edition: String, CaseIterable, Sendable {
        case cloud, datacenter
    }

    /// Settings of an edition; Data Center lies below a context path and takes a personal access token.
    private func settings(_ edition: Edition) throws -> [String: String] {
        guard edition == .datacenter else { return [:] }
        guard let site = ProcessInfo.processInfo.environment["OHRA_JIRA_URL"] else {
            throw MissingEnvironment(name: "OHRA_JIRA_URL")
        }
        return ["OHRA_JIRA_URL": site + "/jira", "OHRA_JIRA_EMAIL": ""]
    }

    /// The ids that a dry run finds new.
    private func found(_ fleet: Fleet, _ edition: Edition, since: String, expecting status: Int32 = 0) async throws
        -> Set<String>
    {
        let output = try await fleet.run(
            "extractor", "jira", "--since", since, "--dry-run", "--json", with: try settings(edition),
            expecting: status)
        let result = try JSONElement(parsing: Array(output.stdout.utf8))
        return Set(
            (result["new"]?.array.map { $0.compactMap(\.string) } ?? []).compactMap {
                $0.split(separator: ":").last.map(String.init)
            })
    }

    @Test func bothEditionsGiveEveryIssueWithCommentsAndFields() async throws {
        try await Fleet.with { fleet in
            let all = try await fleet.tell(.get, "/issues").array.map { $0.compactMap { $0["id"]?.string } } ?? []
            for edition in Edition.allCases {
                #expect(try await found(fleet, edition, since: "2015-01-01") == Set(all), "\(edition)")
            }
            try await fleet.run("extractor", "jira", "--since", "2015-01-01", with: try settings(.datacenter))
            let bodies = try await fleet.bodies(of: fleet.topology.workQueue(.documents))
            let text = bodies.map { String(decoding: $0, as: UTF8.self) }.joined()
            let readers = #""project_readers":{"users":["olga"],"groups":["haneul-staff"]}"#
            for words in [
                "## Comments", "```", "| --- |", #""sprint":["#, #""acl":{"project":"#, readers, "/jira/browse/",
            ] {
                #expect(text.contains(words), "\(words)")
            }
            // An internal comment of the service desk.
            #expect(!text.contains("재고 3대 남음"))
        }
    }

    @Test func aPageOfTwentyIsWalkedThroughAResultWindowOfThirty() async throws {
        try await Fleet.with { fleet in
            try await fleet.tell(.post, "/multiply", #"{"times":4}"#)
            let all = try await fleet.tell(.get, "/issues").array.map { $0.count { _ in true } } ?? 0
            try await fleet.tell(.post, "/limits", #"{"page_cap":20,"result_window":2000}"#)
            #expect(try await found(fleet, .datacenter, since: "2015-01-01").count == all)
        }
    }

    @Test func editsBetweenTwoPagesLoseNoIssue() async throws {
        try await Fleet.with { fleet in
            let all = try await fleet.tell(.get, "/issues").array.map { $0.compactMap { $0["key"]?.string } } ?? []
            try await fleet.tell(.post, "/limits", #"{"page_cap":10}"#)
            let edits = all.prefix(3).map { #""\#($0)":{"summary":"moved to the end"}"# }.joined(separator: ",")
            try await fleet.tell(
                .post, "/faults",
                #"[{"match":"/jira/rest/api/2/search","method":"POST","after":1,"times":3,"edits":{\#(edits)}}]"#)
            #expect(try await found(fleet, .datacenter, since: "2015-01-01").count == all.count)
        }
    }

    /// Moments near a change of the clocks, with accounts and servers in several zones: the window must not move by an hour.
    @Test(arguments: [
        // 01:45 comes twice on this night in Los Angeles.
        ("America/Los_Angeles", "2026-11-01T08:45:00Z", "2026-11-01T09:00:00Z", "2026-11-01T09:15:00Z"),
        // 02:30 does not come at all in Berlin.
        ("Europe/Berlin", "2026-03-29T00:50:00Z", "2026-03-29T01:05:00Z", "2026-03-29T01:20:00Z"),
        ("Etc/GMT+8", "2026-06-01T23:40:00Z", "2026-06-01T23:55:00Z", "2026-06-02T00:10:00Z"),
        ("Asia/Seoul", "2026-06-01T14:40:00Z", "2026-06-01T14:55:00Z", "2026-06-01T15:10:00Z"),
    ]) func theWindowIsExactInEveryZone(zone: String, before: String, start: String, after: String) async throws {
        try await Fleet.with { fleet in
            // The corpus is older or newer than both edits, and those are told apart by minutes.
            func edit(_ key: String, at moment: String) async throws -> String {
                let offset = try Date(moment, strategy: .iso8601).timeIntervalSinceNow
                try await fleet.tell(
                    .post, "/clock",
                    #"{"offset_seconds":\#(offset),"instance_zone":"\#(zone)","profile_zone":"\#(zone)"}"#)
                let edited = try await fleet.tell(.post, "/issues/\(key)", #"{"summary":"at \#(moment)"}"#)
                return edited["id"]?.string ?? ""
            }
            let early = try await edit("FLEET-3", at: before)
            let late = try await edit("FLEET-4", at: after)
            for edition in Edition.allCases {
                let ids = try await found(fleet, edition, since: start)
                #expect(ids.contains(late) && !ids.contains(early), "\(edition) \(zone)")
            }
            try await fleet.tell(.post, "/limits", #"{"reads_milliseconds":false}"#)
            let ids = try await found(fleet, .datacenter, since: start)
            #expect(ids.contains(late) && !ids.contains(early), "relative, \(zone)")
        }
    }

    @Test(arguments: ["status\":401", "kind\":\"html_login", "kind\":\"empty_page", "status\":410"])
    func aFaultOnTheSecondPageIsNeverTheEnd(_ fault: String) async throws {
        try await Fleet.with { fleet in
            try await fleet.tell(.post, "/limits", #"{"page_cap":10}"#)
            let rest = fault.hasPrefix("status") ? "" : "\""
            try await fleet.tell(
                .post, "/faults",
                #"[{"match":"/jira/rest/api/2/search","after":1,"times":9,"\#(fault)\#(rest)}]"#)
            let status: Int32 = fault.hasSuffix("401") ? 77 : 1
            _ = try await found(fleet, .datacenter, since: "2015-01-01", expecting: status)
        }
    }

    /// A project that is hidden makes Jira refuse the query of all its group.
    @Test func aHiddenProjectLeavesTheOthersReadable() async throws {
        try await Fleet.with { fleet in
            let issues = try await fleet.tell(.get, "/issues").array.map { Array($0) } ?? []
            let others = issues.filter { $0["key"]?.string?.hasPrefix("WMS-") == false }.compactMap { $0["id"]?.string }
            try await fleet.tell(.post, "/projects/WMS", #"{"visible":false}"#)
            for edition in Edition.allCases {
                let extra = try settings(edition).merging(["OHRA_JIRA_PROJECTS": "FLEET,WMS,HELP"]) { $1 }
                let output = try await fleet.run(
                    "extractor", "jira", "--since", "2015-01-01", "--json", with: extra, expecting: 1)
                let report = try JSONElement(parsing: Array(output.stdout.utf8))
                let counts = report["sources"]?.array?.first { _ in true }
                #expect(report["complete"]?.bool == false && counts?["failed"]?.int == 1, "\(output.stdout)")
                #expect(counts?["published"]?.int == others.count, "\(output.stdout)")
            }
        }
    }

    /// What passes by itself, or with a smaller page, costs no document.
    @Test func passingFaultsAreOvercome() async throws {
        try await Fleet.with { fleet in
            let all = try await fleet.tell(.get, "/issues").array.map { $0.count { _ in true } } ?? 0
            for (edition, path) in [
                (Edition.cloud, "/rest/api/3/search/jql"), (.datacenter, "/jira/rest/api/2/search"),
            ] {
                let faults = [
                    #""status":429,"headers":{"Retry-After":"1"}"#, #""kind":"truncate""#, #""kind":"reset""#,
                    #""status":503,"headers":{"Retry-After":"Wed, 21 Oct 2015 07:28:00 GMT"}"#, #""status":500"#,
                    #""status":429,"headers":{"Retry-After":"0"}"#, #""status":504"#, #""kind":"short_page""#,
                ]
                let script = faults.map { #"{"match":"\#(path)",\#($0)}"# }.joined(separator: ",")
                try await fleet.tell(.post, "/faults", "[\(script)]")
                #expect(try await found(fleet, edition, since: "2015-01-01").count == all, "\(edition)")
            }
        }
    }

    @Test func aWaitLongerThanAnybodyWaitsEndsTheRunAndSaysSo() async throws {
        try await Fleet.with { fleet in
            try await fleet.tell(
                .post, "/faults",
                #"[{"match":"/search/jql","times":9,"status":429,"headers":{"Retry-After":"99999999999"}}]"#)
            let output = try await fleet.run(
                "extractor", "jira", "--dry-run", "--json", with: ["OHRA_JIRA_PROJECTS": "FLEET"], expecting: 1)
            #expect(output.stderr.contains("it asks to wait 86400 s"))
        }
    }
}
