import Shared

/// What a server made of the texts of one request.
struct OpenAIAnswer: Sendable {
    /// One per text in their order: the vector with length 1, or why it must not reach a collection.
    let rows: [Result<[Float], EmbeddingError>]
    /// Numbers in each good vector.
    let dimension: Int
    /// The model that the server says it used, nil when it says nothing.
    let model: String?
}

/// Reads the vectors out of an answer and refuses what must not reach a collection.
///
/// `{"data":[{"index","embedding"}…],"model"}`; an embedding is an array of numbers or base64 of little-endian float32. Order
/// is that of `index`, which servers are free not to keep; where no index is given at all, that of the array.
struct OpenAIResponse {
    let endpoint: String
    /// Texts in the request.
    let count: Int
    /// nil means that the first vector decides.
    let dimension: Int?
    /// What a Qdrant collection can hold.
    private static let largestDimension = 65_535

    /// - Throws: ``EmbeddingError`` with code `invalidResponse`, or `wrongDimension` when all vectors have the same other
    ///   dimension, as those of another model have.
    func read(_ body: [UInt8]) throws(EmbeddingError) -> OpenAIAnswer {
        let root: JSONElement
        do { root = try JSONElement(parsing: body) } catch {
            throw fault(.invalidResponse, "something that is not JSON", nil)
        }
        let vectors = try embeddings(root).map(floats)
        let widths = Set(vectors.map { $0?.count ?? 0 })
        guard let width = dimension ?? vectors.first.flatMap({ $0?.count }) else {
            throw fault(.invalidVector, "something that is no vector", 0)
        }
        if let other = widths.first, widths.count == 1, other > 0, other != width {
            throw fault(.wrongDimension, "vectors of \(other) numbers, expected \(width)", nil)
        }
        let rows = vectors.enumerated().map { row, vector in checked(vector, width, row) }
        return OpenAIAnswer(rows: rows, dimension: width, model: root["model"]?.string)
    }

    /// The embeddings in the order of the texts, each exactly once.
    private func embeddings(_ root: JSONElement) throws(EmbeddingError) -> [JSONElement] {
        guard let data = root["data"]?.array else { throw fault(.invalidResponse, "JSON without 'data'", nil) }
        var rows = [JSONElement?](repeating: nil, count: count)
        var received = 0
        for item in data {
            let index = item["index"]?.int ?? received
            received += 1
            guard received <= count else { continue }
            guard rows.indices.contains(index), rows[index] == nil, let embedding = item["embedding"] else {
                throw fault(.invalidResponse, "an item without embedding or with an index that cannot be", nil)
            }
            rows[index] = embedding
        }
        guard received == count else { throw fault(.invalidResponse, "\(received) vectors for \(count) texts", nil) }
        return rows.compactMap { $0 }
    }

    private func floats(_ element: JSONElement) -> [Float]? {
        if element.isArray {
            // Room for the expected ones first: what is longer is wrong anyway, but tells of another model.
            return dimension.flatMap { element.floats(limit: $0) } ?? element.floats(limit: Self.largestDimension)
        }
        return Base64Numbers.read(element)
    }

    private func checked(_ vector: [Float]?, _ width: Int, _ row: Int) -> Result<[Float], EmbeddingError> {
        guard let vector else { return .failure(fault(.invalidVector, "something that is no vector", row)) }
        guard vector.count == width, width > 0 else {
            return .failure(fault(.invalidVector, "a vector of \(vector.count) numbers, expected \(width)", row))
        }
        guard let scale = VectorNorm.scale(vector) else {
            return .failure(fault(.invalidVector, "a vector with NaN, infinity or length zero", row))
        }
        return .success(vector.map { Float(Double($0) * scale) })
    }

    private func fault(_ code: EmbeddingError.Code, _ what: String, _ culprit: Int?) -> EmbeddingError {
        EmbeddingError(code, "the embedding server \(endpoint) sent \(what)", status: 200, culprit: culprit)
    }
}
