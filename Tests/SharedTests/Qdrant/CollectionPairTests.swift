import Shared
import TestSupport
import Testing

/// Which collections the names in the settings stand for, and what follows from the settings of a cluster.
@Suite struct CollectionPairTests {
    private static let (yes, no) = (
        ScriptedHTTP.Step.json(#"{"result":{"exists":true}}"#), ScriptedHTTP.Step.json(#"{"result":{"exists":false}}"#)
    )

    private static func aliases(_ aliases: [(String, String)]) -> ScriptedHTTP.Step {
        let list = aliases.map { #"{"alias_name":"\#($0.0)","collection_name":"\#($0.1)"}"# }.joined(separator: ",")
        return .json(#"{"result":{"aliases":[\#(list)]}}"#)
    }

    private func client(_ steps: [ScriptedHTTP.Step], replicas: Int = 1) -> (ScriptedHTTP, QdrantClient) {
        let http = ScriptedHTTP(steps)
        var settings = QdrantSettings.local
        settings.replicas = replicas
        return (http, QdrantClient(transport: http, settings: settings, retries: .never))
    }

    private func pair(_ steps: [ScriptedHTTP.Step]) async throws -> CollectionPair {
        try await client(steps).1.collectionPair()
    }

    @Test func anAliasNamesThePair() async throws {
        let found = try await pair([
            Self.yes, Self.yes, Self.aliases([("ohra", "next_v1"), ("ohra_registry", "next_v1_registry")]),
        ])
        #expect(found == CollectionPair(collection: "next_v1"))
        #expect(found.registry == "next_v1_registry")
    }

    @Test func theRegistryRemembersThePairOfALostCollection() async throws {
        #expect(
            try await pair([Self.no, Self.yes, Self.aliases([("ohra_registry", "next_v1_registry")])]).collection
                == "next_v1")
    }

    @Test func aCollectionOfTheVeryNameIsUsedAsItIs() async throws {
        #expect(try await pair([Self.yes, Self.no, Self.aliases([])]).collection == "ohra")
        #expect(try await pair([Self.no, Self.yes, Self.aliases([("other", "ohra")])]).collection == "ohra")
    }

    @Test func whereNothingIsThereTheFirstVersionWillBe() async throws {
        #expect(try await pair([Self.no, Self.no, Self.aliases([])]).collection == "ohra_v1")
        // Another program made it between two of our requests.
        let racing = Self.aliases([("ohra", "ohra_v1"), ("ohra_registry", "ohra_v1_registry")])
        #expect(try await pair([Self.no, Self.no, racing]).collection == "ohra_v1")
    }

    @Test func anAliasThatStandsForSomethingIsNotMoved() async throws {
        let (http, client) = client([Self.aliases([("ohra", "next_v1")])])
        try await client.ensureAlias("ohra", of: "ohra_v1")
        #expect(http.requests.count == 1)
    }

    @Test func withReplicasWritesAreOrderedAndReadsAskAMajority() async throws {
        let (http, client) = client(
            [.json(#"{"result":{"status":"completed","operation_id":1}}"#), .json(#"{"result":[]}"#)], replicas: 2)
        let id = try #require(PointID("2ed6657d-e927-568b-95e1-2665a8aea6a2"))
        try await client.delete("c", ids: [id])
        _ = try await client.retrieve("c", ids: [id])
        #expect(http.requests[0].url.hasSuffix("/points/delete?wait=true&ordering=strong"))
        #expect(http.requests[1].url.hasSuffix("/points?consistency=majority"))
    }

    @Test(arguments: [("1.16.3", true), ("0.11.0", true), ("1.17.0", false), ("1.19.1-dev", false), ("2.0.0", false)])
    func aServerThatWouldIgnoreTheConditionsIsRefused(version: String, isRefused: Bool) async throws {
        let (_, client) = client([.json(#"{"title":"qdrant","version":"\#(version)"}"#)])
        guard isRefused else { return try await client.requireSupportedVersion() }
        let error = await #expect(throws: SettingsError.self) { try await client.requireSupportedVersion() }
        #expect(error?.description.contains("1.17.0 or later") == true)
        #expect(error?.description.contains(version) == true)
    }
}
