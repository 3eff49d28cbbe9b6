import Foundation
import Shared
import Testing

@testable import Embedding

@Suite struct OpenAIResponseTests {
    private func answer(_ data: String, count: Int = 1, dimension: Int? = 2) throws -> OpenAIAnswer {
        try OpenAIResponse(endpoint: "http://tei/v1/embeddings", count: count, dimension: dimension)
            .read(Array("{\"data\":[\(data)],\"model\":\"m\"}".utf8))
    }

    private func read(_ data: String, count: Int = 1, dimension: Int? = 2) throws -> [[Float]] {
        try answer(data, count: count, dimension: dimension).rows.map { try $0.get() }
    }

    private func item(_ index: Int, _ vector: [Float]) -> String {
        let base64 = vector.withUnsafeBytes { Data($0) }.base64EncodedString()
        return "{\"index\":\(index),\"embedding\":\"\(base64)\"}"
    }

    private func code(_ data: String, count: Int = 1, dimension: Int? = 2) -> (EmbeddingError.Code, culprit: Int?)? {
        do {
            _ = try read(data, count: count, dimension: dimension)
            return nil
        } catch {
            return (error as? EmbeddingError).map { ($0.code, $0.culprit) }
        }
    }

    @Test func numbersAndBase64AreBothRead() throws {
        let mixed = try read(item(1, [0, 2]) + #",{"index":0,"embedding":[3,0]}"#, count: 2)
        #expect(mixed == [[1, 0], [0, 1]])
    }

    @Test func missingIndicesMeanTheOrderOfTheArray() throws {
        #expect(try read(#"{"embedding":[3,0]},{"embedding":[0,1]}"#, count: 2) == [[1, 0], [0, 1]])
    }

    @Test func unknownDimensionIsThatOfTheFirstVector() throws {
        let found = try answer(item(0, [1, 0, 0]), dimension: nil)
        #expect(found.dimension == 3 && found.model == "m")
    }

    @Test(
        arguments: [
            [Float.nan, 1], [Float.infinity, 1], [-Float.infinity, 1], [0, 0], [1e-20, 0], [1], [1, 2, 3], [],
        ] as [[Float]])
    func faultyVectorIsRefusedAndNamed(vector: [Float]) throws {
        let data = item(0, [1, 0]) + "," + item(1, vector)
        let found = code(data, count: 2)
        #expect(found?.0 == .invalidVector && found?.culprit == 1)
        // The other one is good all the same.
        #expect(try answer(data, count: 2).rows[0].get() == [1, 0])
    }

    @Test func vectorsOfAnotherModelsSizeAreNoFaultOfATexts() {
        #expect(code(item(0, [1, 2, 3]))?.0 == .wrongDimension)
        #expect(code(item(0, [1, 2, 3]) + "," + item(1, [3, 2, 1]), count: 2)?.0 == .wrongDimension)
        #expect(code(#"{"index":0,"embedding":[1,2,3]}"#)?.0 == .wrongDimension)
    }

    @Test(arguments: [
        "{\"index\":0,\"embedding\":[1,null]}",
        "{\"index\":0,\"embedding\":\"§\"}",
    ])
    func faultyNumbersAreRefused(data: String) {
        #expect(code(data)?.0 == .invalidVector)
    }

    @Test func hugeFiniteNumbersAreNotTakenForInfinite() throws {
        #expect(try read(item(0, [3e38, 0])) == [[1, 0]])
    }

    @Test func wrongCountIsRefused() {
        #expect(code(item(0, [1, 0]), count: 2)?.0 == .invalidResponse)
        #expect(code(item(0, [1, 0]) + "," + item(1, [1, 0]))?.0 == .invalidResponse)
        #expect(code("")?.0 == .invalidResponse)
    }

    @Test func impossibleIndicesAreRefused() {
        #expect(code(item(0, [1, 0]) + "," + item(0, [1, 0]), count: 2)?.0 == .invalidResponse)
        #expect(code(item(7, [1, 0]))?.0 == .invalidResponse)
        #expect(code(item(-1, [1, 0]))?.0 == .invalidResponse)
    }

    @Test(arguments: ["", "not JSON", "[]", "{}", #"{"data":null}"#])
    func otherBodiesAreRefused(body: String) {
        #expect(throws: EmbeddingError.self) {
            try OpenAIResponse(endpoint: "e", count: 1, dimension: nil).read(Array(body.utf8))
        }
    }
}
