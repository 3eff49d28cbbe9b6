public import FoundationEssentials

/// Numbers of 32 bits as messages and embedding servers carry them: base64 of their little-endian bytes, because 384 floats
/// are 2,048 bytes so and 4,649 as JSON text, come back bit by bit the same and cost several times less to read.
public enum Base64Numbers {
    /// The numbers of a string; nil when it is no base64 of whole numbers.
    public static func read<Number: BitwiseCopyable>(_ element: JSONElement) -> [Number]? {
        let size = MemoryLayout<Number>.size
        let decoded = element.withUTF8 { Data(base64Encoded: Data($0)) } ?? nil
        guard let decoded, decoded.count.isMultiple(of: size) else { return nil }
        return [Number](unsafeUninitializedCapacity: decoded.count / size) { buffer, count in
            count = decoded.copyBytes(to: buffer) / size
        }
    }

    public static func text(_ numbers: [some BitwiseCopyable]) -> Data {
        numbers.withUnsafeBytes { Data($0) }.base64EncodedData()
    }
}
