import Shared

/// `model.safetensors`: named tensors, checked before anything is read from them.
///
/// **Source**: https://github.com/huggingface/safetensors#format
struct TensorFile: Sendable {
    private enum ElementType: String {
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"

        var size: Int { self == .float32 ? 4 : 2 }
    }

    private struct Entry {
        let type: ElementType
        let shape: [Int]
        let range: Range<Int>
    }

    let file: MappedFile
    private let entries: [String: Entry]

    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when the file is not what its header says.
    init(_ file: MappedFile) throws(EmbeddingError) {
        self.file = file
        let bytes = file.bytes
        guard bytes.count > 8 else { throw file.fault("is too short for safetensors") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(bytes.count - 8), length <= 100_000_000 else {
            throw file.fault("is cut off or is not safetensors")
        }
        let start = 8 + Int(length)
        let header: JSONElement
        do { header = try JSONElement(parsing: bytes[8..<start]) } catch {
            throw file.fault("has a header that is not JSON")
        }
        guard let members = header.object else { throw file.fault("has a header that is no JSON object") }
        var entries: [String: Entry] = [:]
        // Whole numbers of other types stand beside the weights (position ids); nobody asks for them.
        for (name, value) in members where name != "__metadata__" {
            guard let type = value["dtype"]?.string.flatMap(ElementType.init) else { continue }
            guard let shape = value["shape"]?.counts, let offsets = value["data_offsets"]?.counts, offsets.count == 2,
                offsets[0] <= offsets[1], offsets[1] <= bytes.count - start,
                shape.productWithoutOverflow(times: type.size) == offsets[1] - offsets[0]
            else { throw file.fault("describes a tensor wrongly or is cut off") }
            entries[name] = Entry(type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
        }
        self.entries = entries
    }

    func contains(_ name: String) -> Bool { entries[name] != nil }

    /// One tensor as float32, in place where the file holds it so.
    ///
    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when it is missing or has another shape.
    func floats(_ name: String, _ shape: [Int]) throws(EmbeddingError) -> Floats {
        guard let entry = entries[name] else { throw file.fault("has no tensor \(name)") }
        guard entry.shape == shape else {
            throw file.fault("has the tensor \(name) of shape \(entry.shape), expected \(shape)")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
        switch entry.type {
        case .float32: return Floats(bytes, of: file)
        case .float16:
            return Floats(count: bytes.count / 2) { index in
                Float(Float16(bitPattern: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
            }
        case .bfloat16:
            return Floats(count: bytes.count / 2) { index in
                Float(bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) << 16)
            }
        }
    }
}

extension JSONElement {
    /// An array of numbers that are not negative, nil when it is anything else.
    fileprivate var counts: [Int]? {
        guard let array else { return nil }
        var counts: [Int] = []
        for element in array {
            guard let count = element.int, count >= 0 else { return nil }
            counts.append(count)
        }
        return counts
    }
}

extension [Int] {
    fileprivate func productWithoutOverflow(times factor: Int) -> Int? {
        var product = factor
        for count in self {
            let (next, overflows) = product.multipliedReportingOverflow(by: count)
            if overflows { return nil }
            product = next
        }
        return product
    }
}
