import Shared
import Testing

@Suite struct PointIDTests {
    /// RFC 9562 appendix A.4, and well-known results of Python's `uuid.uuid5`.
    @Test(arguments: [
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d"),
    ])
    func nameBasedIDsMatchTheStandard(namespace: String, name: String, id: String) throws {
        let space = try #require(PointID(namespace))
        #expect(PointID(namespace: space, name: name).description == id)
    }

    @Test func bothCasesAreTheSameID() throws {
        let lower = try #require(PointID("2ed6657d-e927-568b-95e1-2665a8aea6a2"))
        #expect(PointID("2ED6657D-E927-568B-95E1-2665A8AEA6A2") == lower)
        #expect(lower.description == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
        #expect(PointID(bytes: lower.bytes) == lower)
        #expect(lower.bytes.prefix(2) == [0x2E, 0xD6])
    }

    @Test(arguments: [
        "", "2ed6657d", "2ed6657de927568b95e12665a8aea6a2", "2ed6657d-e927-568b-95e1-2665a8aea6a", "7",
        "2ed6657d-e927-568b-95e1-2665a8aea6ag", "{2ed6657d-e927-568b-95e1-2665a8aea6}",
        "2ed6657d_e927-568b-95e1-2665a8aea6a2",
    ])
    func otherTextIsNoID(text: String) { #expect(PointID(text) == nil) }

    @Test func wrongByteCountIsNoID() { #expect(PointID(bytes: [UInt8](repeating: 0, count: 15)) == nil) }
}
