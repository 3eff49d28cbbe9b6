import Foundation
import Shared

/// A small model of `models/`, whose weights are computed and not committed: the numbers that `dev/compare/tiny_models.py` gave
/// to transformers.
enum TinyModel: String, CaseIterable {
    case bert = "bert-tiny"
    case xlmRoberta = "xlm-roberta-tiny"

    /// A whole model folder, made once a process. Copy it to change something.
    var folder: URL { Self.root.appending(path: rawValue) }

    private static let root: URL = {
        let root = FileManager.default.temporaryDirectory.appending(path: "ohra-tiny-\(UUID().uuidString)")
        let models = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "models")
        do {
            try FileManager.default.copyItem(at: models, to: root)
            for model in allCases {
                let folder = root.appending(path: model.rawValue)
                let list = try JSONElement(parsing: Data(contentsOf: folder.appending(path: "weights.json")))
                try safetensors(list).write(to: folder.appending(path: "model.safetensors"))
            }
        } catch {
            fatalError("the models of the tests cannot be made: \(error)")
        }
        return root
    }()

    /// Format: https://github.com/huggingface/safetensors#format
    private static func safetensors(_ list: JSONElement) -> Data {
        let isHalf = list["type"]?.string == "F16"
        var data = Data()
        var header: [String] = []
        for (index, tensor) in elements(list["tensors"]).enumerated() {
            let parts = elements(tensor)
            let name = parts.first?.string ?? ""
            let shape = elements(parts.last).compactMap(\.int)
            let start = data.count
            for place in 0..<shape.reduce(1, *) {
                let value = weight(tensor: index, place: place) + (name.hasSuffix("LayerNorm.weight") ? 1 : 0)
                if isHalf {
                    withUnsafeBytes(of: Float16(value)) { data.append(contentsOf: $0) }
                } else {
                    withUnsafeBytes(of: value) { data.append(contentsOf: $0) }
                }
            }
            let type = isHalf ? "F16" : "F32"
            header.append(
                #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(start),\#(data.count)]}"#)
        }
        var text = "{\(header.joined(separator: ","))}"
        text += String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Data($0) } + Data(text.utf8) + data
    }

    private static func elements(_ json: JSONElement?) -> [JSONElement] { (json?.array).map { Array($0) } ?? [] }

    /// A hash of the place, between -0.45 and 0.45.
    private static func weight(tensor: Int, place: Int) -> Float {
        var x = UInt32(truncatingIfNeeded: place + tensor * 1_000_003)
        for (factor, shift) in [(2_654_435_761, 16), (2_246_822_519, 13)] as [(UInt32, UInt32)] {
            x &*= factor
            x ^= x >> shift
        }
        return (Float(x >> 8) / Float(1 << 24) - 0.5) * 0.9
    }
}
