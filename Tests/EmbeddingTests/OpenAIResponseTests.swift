import Foundation
import Shared
import Testing

@testable import Embedding

@Suite struct OpenAIResponseTests {
    private func read(_ data: String, count: Int = 1, dimension: Int? = 2) throws -> EmbeddingMatrix {
        try OpenAIResponse(endpoint: "http://tei/v1/embeddings", count: count, dimension: dimension)
            .vectors(Array("{\"data\":[\(data)]}".utf8))
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
        #expect(mixed.values == [1, 0, 0, 1])
    }

    @Test func missingIndicesMeanTheOrderOfTheArray() throws {
        #expect(try read(#"{"embedding":[3,0]},{"embedding":[0,1]}"#, count: 2).values == [1, 0, 0, 1])
    }

    @Test func unknownDimensionIsThatOfTheFirstVector() throws {
        #expect(try read(item(0, [1, 0, 0]), dimension: nil).dimension == 3)
    }

    @Test(
        arguments: [
            [Float.nan, 1], [Float.infinity, 1], [-Float.infinity, 1], [0, 0], [1e-20, 0], [1], [1, 2, 3], [],
        ] as [[Float]])
    func faultyVectorIsRefusedAndNamed(vector: [Float]) {
        let found = code(item(0, [1, 0]) + "," + item(1, vector), count: 2)
        #expect(found?.0 == .invalidVector && found?.culprit == 1)
    }

    @Test(arguments: [
        "{\"index\":0,\"embedding\":[1,2,3]}", "{\"index\":0,\"embedding\":[1,null]}",
        "{\"index\":0,\"embedding\":\"§\"}",
    ])
    func faultyNumbersAreRefused(data: String) {
        #expect(code(data)?.0 == .invalidVector)
    }

    @Test func hugeFiniteNumbersAreNotTakenForInfinite() throws {
        #expect(try read(item(0, [3e38, 0])).values == [1, 0])
    }

    @Test func wrongCountIsRefused() {
        #expect(code(item(0, [1, 0]), count: 2)?.0 == .invalidVector)
        #expect(code(item(0, [1, 0]) + "," + item(1, [1, 0]))?.0 == .invalidVector)
        #expect(code("")?.0 == .invalidVector)
    }

    @Test func impossibleIndicesAreRefused() {
        #expect(code(item(0, [1, 0]) + "," + item(0, [1, 0]), count: 2)?.0 == .invalidResponse)
        #expect(code(item(7, [1, 0]))?.0 == .invalidResponse)
        #expect(code(item(-1, [1, 0]))?.0 == .invalidResponse)
    }

    @Test(arguments: ["", "not JSON", "[]", "{}", #"{"data":null}"#])
    func otherBodiesAreRefused(body: String) {
        #expect(throws: EmbeddingError.self) {
            try OpenAIResponse(endpoint: "e", count: 1, dimension: nil).vectors(Array(body.utf8))
        }
    }
}
