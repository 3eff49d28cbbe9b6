import Testing

@testable import Loader

@Suite struct LateWritesTests {
    @Test func onlyWhatWasGivenUpIsCleanedUpAndOnlyOnce() {
        let late = LateWrites()
        late.abandoned(["a", "b"])
        #expect(!late.take(["c"]))
        #expect(late.take(["c", "b"]))
        #expect(!late.take(["b"]))
        #expect(late.take(["a"]))
    }

    @Test func everyDocumentOfAMessageIsTaken() {
        let late = LateWrites()
        late.abandoned(["a", "b"])
        #expect(late.take(["a", "b"]))
        #expect(!late.take(["a"]))
        #expect(!late.take(["b"]))
    }
}
