import Foundation
import Shared
import Testing

/// A text with what the reference implementation made of it (`make golden`).
///
/// `minilm_corpus.json` has 540 KiB because it holds every chunk of the sample company with token ids and vector: what the demo
/// loads is proven as a whole, and without PyTorch.
struct GoldenText {
    let text: String
    let ids: [Int32]
    let vector: [Float]

    static func read(_ name: String) throws -> [GoldenText] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: name)
        let json = try JSONElement(parsing: Data(contentsOf: file))
        return try #require(json.array).map { item in
            GoldenText(
                text: try #require(item["text"]?.string), ids: try #require(item["ids"]?.array).compactMap(\.int32),
                vector: try vector(item["vector"]))
        }
    }

    /// Float16 numbers in base64.
    static func vector(_ json: JSONElement?) throws -> [Float] {
        let packed = try #require(json?.string.flatMap { Data(base64Encoded: $0) })
        return packed.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 2).map {
                Float(Float16(bitPattern: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self)))
            }
        }
    }
}

extension JSONElement {
    fileprivate var int32: Int32? { int.map(Int32.init) }
}

/// The cosine of two vectors of any length.
func cosine(_ left: some Collection<Float>, _ right: some Collection<Float>) -> Double {
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (l, r) in zip(left, right) {
        product += Double(l) * Double(r)
        first += Double(l) * Double(l)
        second += Double(r) * Double(r)
    }
    return product / (first * second).squareRoot()
}
