import Shared
import TestSupport
import Testing

@testable import Platforms

struct AtlassianSettingsTests {
    private func configured(_ flags: [String: String]) async throws -> (ConfluenceSource?, JiraSource?, [String]) {
        var settings = SettingsReader.only(flags)
        let http = ScriptedHTTP([])
        return (
            ConfluenceSource.configured(from: &settings, transport: http),
            JiraSource.configured(from: &settings, transport: http),
            settings.faults
        )
    }

    @Test func missingTokenIsNamed() async throws {
        let (source, _, faults) = try await configured(["OHRA_CONFLUENCE_URL": "https://h.example"])
        #expect(source == nil && faults.count == 1 && faults[0].hasPrefix("OHRA_CONFLUENCE_TOKEN is missing"))
    }

    @Test func nothingSetIsNoFault() async throws {
        let (confluence, jira, faults) = try await configured([:])
        #expect(confluence == nil && jira == nil && faults.isEmpty)
    }

    @Test func instanceIsTheHostOrGiven() async throws {
        let flags = ["OHRA_JIRA_URL": "https://H.example:8443/jira", "OHRA_JIRA_TOKEN": "t"]
        #expect(try await configured(flags).1?.instance == "h.example_8443")
        #expect(try await configured(flags.merging(["OHRA_JIRA_INSTANCE": "Main"]) { $1 }).1?.instance == "main")
        #expect(try await configured(flags.merging(["OHRA_JIRA_INSTANCE": "a:b"]) { $1 }).2.count == 1)
    }

    @Test func gatewayNeedsAnInstanceAndOrderByIsRefused() async throws {
        let gateway = ["OHRA_JIRA_URL": "https://api.atlassian.com/ex/jira/1", "OHRA_JIRA_TOKEN": "t"]
        #expect(try await configured(gateway).2.first?.hasPrefix("OHRA_JIRA_INSTANCE") == true)
        let ordered = [
            "OHRA_JIRA_URL": "https://h.example", "OHRA_JIRA_TOKEN": "t", "OHRA_JIRA_JQL": "a = b  Order  By c",
        ]
        #expect(try await configured(ordered).2.first?.hasPrefix("OHRA_JIRA_JQL") == true)
    }

    @Test func gatewayNeedsItsPath() async throws {
        for url in [
            "https://api.atlassian.com", "https://api.atlassian.com/ex/confluence/1",
            "https://api.atlassian.com/ex/jira/",
        ] {
            let flags = ["OHRA_JIRA_URL": url, "OHRA_JIRA_TOKEN": "t", "OHRA_JIRA_INSTANCE": "h.atlassian.net"]
            #expect(try await configured(flags).2.first?.hasPrefix("OHRA_JIRA_URL must be") == true)
        }
    }

    @Test func editionIsAskedForUnlessSet() async throws {
        var flags = ["OHRA_JIRA_URL": "https://h.example", "OHRA_JIRA_TOKEN": "t"]
        #expect(try await configured(flags).1?.settings.edition == .auto)
        flags["OHRA_JIRA_EDITION"] = "DataCenter"
        #expect(try await configured(flags).1?.settings.edition == .datacenter)
        flags["OHRA_JIRA_EDITION"] = "server"
        #expect(try await configured(flags).2.first?.hasPrefix("OHRA_JIRA_EDITION") == true)
    }
}
