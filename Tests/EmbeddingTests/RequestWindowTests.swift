import Testing

@testable import Embedding

@Suite struct RequestWindowTests {
    /// Requests that may begin now.
    private func room(_ window: RequestWindow) -> Int {
        var window = window
        var count = 0
        while window.hasRoom {
            _ = window.began()
            count += 1
        }
        return count
    }

    @Test func growsWithSuccessUpToTheMaximum() {
        var window = RequestWindow(maximum: 6)
        #expect(room(window) == 4)
        for _ in 0..<30 {
            let turn = window.began()
            window.ended(turn, isOverload: false)
        }
        #expect(room(window) == 6)
    }

    @Test func smallMaximumIsKeptFromTheStart() { #expect(room(RequestWindow(maximum: 2)) == 2) }

    @Test func overloadHalvesOncePerRoundAndNeverBelowOne() {
        var window = RequestWindow(maximum: 8)
        let turns = (0..<4).map { _ in window.began() }
        for turn in turns { window.ended(turn, isOverload: true) }
        #expect(room(window) == 2)
        for _ in 0..<5 {
            let turn = window.began()
            window.ended(turn, isOverload: true)
        }
        #expect(room(window) == 1)
    }

    @Test func otherFailuresSayNothingOfTheLoad() {
        var window = RequestWindow(maximum: 8)
        let turn = window.began()
        window.ended(turn, isOverload: nil)
        #expect(room(window) == 4)
    }

    @Test func nothingBeginsDuringAPause() {
        var window = RequestWindow(maximum: 8)
        window.pause()
        window.pause()
        window.resume()
        #expect(!window.hasRoom)
        window.resume()
        #expect(window.hasRoom)
    }
}

@Suite struct RequestQueueTests {
    private func queue(_ texts: [String], inputs: Int = 100, tokens: Int = 1000, bytes: Int = 1000) -> RequestQueue {
        var queue = RequestQueue(caps: RequestSize(inputs: inputs, tokens: tokens, bytes: bytes))
        for (index, text) in texts.enumerated() { queue.append(QueuedText(call: index % 2, index: index, text: text)) }
        return queue
    }

    @Test func learnsEachCapByItself() {
        var queue = queue([])
        queue.learn(.inputs, refused: RequestSize(inputs: 33, tokens: 0, bytes: 0))
        queue.learn(.tokens, refused: RequestSize(inputs: 33, tokens: 500, bytes: 0))
        queue.learn(.bytes, refused: RequestSize(inputs: 33, tokens: 500, bytes: 900))
        #expect(queue.caps == RequestSize(inputs: 17, tokens: 250, bytes: 450))
        queue.learn(.inputs, refused: RequestSize(inputs: 90, tokens: 0, bytes: 0))
        #expect(queue.caps.inputs == 17)
    }

    @Test func requestIsFullWhenNothingMoreWouldFit() {
        #expect(!queue(["a"]).hasFullRequest && !queue([]).hasFullRequest)
        #expect(queue(["a", "b"], inputs: 2).hasFullRequest)
        #expect(queue(["aaaa", "bbbb"], bytes: 7).hasFullRequest)
    }

    @Test func oneCallsTextsCanBeTakenOut() {
        var queue = queue(["a", "b", "c"])
        queue.removeAll(of: 0)
        #expect(queue.takeRequest().map(\.text) == ["b"] && queue.isEmpty)
        #expect(queue.takeRequest().isEmpty)
    }
}

@Suite struct TokenEstimateTests {
    @Test(arguments: [
        ("", 0), ("a", 1), ("abc", 1), ("abcd", 2), ("abc def", 2), ("4711", 4), ("a-b", 3), ("온도", 4), ("🚀", 4),
        (" \n ", 0), ("é", 2),
    ])
    func tokensAreGuessedRatherTooMany(text: String, tokens: Int) {
        #expect(TokenEstimate.count(text) == tokens)
    }

    @Test func countingEndsAtTheLimit() {
        var text = String(repeating: "word ", count: 1000)
        #expect(text.withUTF8 { TokenEstimate.count($0, limit: 7) } == 7)
    }

    @Test func countsAddUpAtWhiteSpace() {
        let (left, right) = ("frozen goods 12", "온도 경보!")
        #expect(TokenEstimate.count("\(left) \(right)") == TokenEstimate.count(left) + TokenEstimate.count(right))
    }
}
