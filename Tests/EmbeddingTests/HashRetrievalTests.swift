import Embedding
import Testing

@Suite struct HashRetrievalTests {
    /// How many questions find their document among the first `depth` of all twenty, both languages mixed.
    private func hits(_ language: RetrievalSet.Language, offset: Int, depth: Int, dimension: Int) async throws -> Int {
        let provider = HashProvider(dimension: dimension)
        let all = RetrievalSet.korean.documents + RetrievalSet.english.documents
        let documents = try await provider.embed(all, purpose: .document)
        let questions = try await provider.embed(language.questions, purpose: .query)
        return questions.enumerated().count { number, question in
            let scores = documents.map { document in zip(document, question).reduce(0) { $0 + $1.0 * $1.1 } }
            return scores.count { $0 > scores[offset + number] } < depth
        }
    }

    @Test(arguments: [384, 1024]) func koreanQuestionsFindTheirDocument(dimension: Int) async throws {
        let first = try await hits(RetrievalSet.korean, offset: 0, depth: 1, dimension: dimension)
        let three = try await hits(RetrievalSet.korean, offset: 0, depth: 3, dimension: dimension)
        print("hash \(dimension), Korean: top-1 \(first)/10, top-3 \(three)/10")
        #expect(first >= 8 && three >= 9)
    }

    @Test(arguments: [384, 1024]) func englishQuestionsFindTheirDocument(dimension: Int) async throws {
        let first = try await hits(RetrievalSet.english, offset: 10, depth: 1, dimension: dimension)
        let three = try await hits(RetrievalSet.english, offset: 10, depth: 3, dimension: dimension)
        print("hash \(dimension), English: top-1 \(first)/10, top-3 \(three)/10")
        #expect(first >= 8 && three >= 9)
    }
}
