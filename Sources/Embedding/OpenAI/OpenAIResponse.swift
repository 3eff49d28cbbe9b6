import FoundationEssentials
import Shared

/// Reads the vectors out of an answer and refuses what must not reach a collection.
///
/// `{"data":[{"index","embedding"}…]}`; an embedding is an array of numbers or base64 of little-endian float32. Order is
/// that of `index`, which servers are free not to keep; where no index is given at all, that of the array.
struct OpenAIResponse {
    let endpoint: String
    /// Texts in the request.
    let count: Int
    /// nil means that the first vector decides.
    let dimension: Int?
    /// What a Qdrant collection can hold.
    private static let largestDimension = 65_535

    /// - Throws: ``EmbeddingError`` with code `invalidResponse`, or `invalidVector` and the culprit.
    func vectors(_ body: [UInt8]) throws(EmbeddingError) -> EmbeddingMatrix {
        let rows = try rows(body)
        guard let first = rows.first else { throw fault(.invalidVector, "no vectors", nil) }
        let width =
            if let dimension { dimension } else { try floats(first, limit: Self.largestDimension, row: 0).count }
        guard width > 0 else { throw fault(.invalidVector, "a vector without numbers", 0) }
        var values: [Float] = []
        values.reserveCapacity(count * width)
        for (row, element) in rows.enumerated() {
            let vector = try floats(element, limit: width, row: row)
            guard vector.count == width else {
                throw fault(.invalidVector, "a vector of \(vector.count) numbers, expected \(width)", row)
            }
            guard let scale = VectorNorm.scale(vector) else {
                throw fault(.invalidVector, "a vector with NaN, infinity or length zero", row)
            }
            for number in vector { values.append(Float(Double(number) * scale)) }
        }
        return EmbeddingMatrix(dimension: width, values: values)
    }

    /// The embeddings in the order of the texts, each exactly once.
    private func rows(_ body: [UInt8]) throws(EmbeddingError) -> [JSONElement] {
        let root: JSONElement
        do { root = try JSONElement(parsing: body) } catch {
            throw fault(.invalidResponse, "something that is not JSON", nil)
        }
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
        guard received == count else { throw fault(.invalidVector, "\(received) vectors for \(count) texts", nil) }
        return rows.compactMap { $0 }
    }

    private func floats(_ element: JSONElement, limit: Int, row: Int) throws(EmbeddingError) -> [Float] {
        if element.isArray {
            guard let floats = element.floats(limit: limit) else {
                throw fault(.invalidVector, "more than \(limit) numbers, or something that is no number", row)
            }
            return floats
        }
        guard let decoded = element.withUTF8({ Data(base64Encoded: Data($0)) }) ?? nil,
            decoded.count.isMultiple(of: MemoryLayout<Float>.size)
        else { throw fault(.invalidVector, "an embedding that is neither numbers nor base64", row) }
        // Little-endian on the wire and on every machine Swift runs on.
        return [Float](unsafeUninitializedCapacity: decoded.count / MemoryLayout<Float>.size) { buffer, count in
            count = decoded.copyBytes(to: buffer) / MemoryLayout<Float>.size
        }
    }

    private func fault(_ code: EmbeddingError.Code, _ what: String, _ culprit: Int?) -> EmbeddingError {
        EmbeddingError(code, "the embedding server \(endpoint) sent \(what)", status: 200, culprit: culprit)
    }
}
