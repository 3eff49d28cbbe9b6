import Testing

@testable import Shared

@Suite struct ConfirmWindowTests {
    @Test func answersComeInAnyOrderAloneAndTogether() {
        var window = ConfirmWindow<String>()
        for name in ["a", "b", "c", "d"] { window.append(name) }
        #expect(window.settle(tag: 3, multiple: false).map(\.element) == ["c"])
        #expect(window.settle(tag: 2, multiple: true).map(\.element) == ["a", "b"])
        let fifth = window.append("e")
        #expect(fifth == 5)
        #expect(window.settle(tag: 0, multiple: true).map(\.element) == ["d", "e"])
        #expect(window.isEmpty)
        #expect(window.nextSequenceNumber == 6)
    }

    @Test func unknownAndRepeatedTagsAreIgnored() {
        var window = ConfirmWindow<Int>()
        window.append(1)
        #expect(window.settle(tag: 9, multiple: false).count == 0)
        #expect(window.settle(tag: .max, multiple: true).count == 1)
        #expect(window.settle(tag: 1, multiple: false).count == 0)
        #expect(window.settle(tag: 1, multiple: true).count == 0)
    }

    @Test func aReturnMarksTheOldestMatchAndItsConfirmStillCounts() {
        var window = ConfirmWindow<String>()
        for name in ["x", "y", "x"] { window.append(name) }
        let isFound = window.markReturned { $0 == "x" }
        #expect(isFound)
        #expect(window.settle(tag: 3, multiple: true).map(\.isReturned) == [true, false, false])
        let isFoundAgain = window.markReturned { $0 == "x" }
        #expect(!isFoundAgain)
    }

    @Test func resetGivesTheUnansweredInOrderAndCountsAnew() {
        var window = ConfirmWindow<Int>()
        for number in 1...4 { window.append(number) }
        _ = window.settle(tag: 2, multiple: false)
        #expect(window.reset() == [1, 3, 4])
        let first = window.append(9)
        #expect(first == 1)
    }
}
