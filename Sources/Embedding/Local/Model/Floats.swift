/// Numbers of a model: in the mapped file where they lie there as float32, otherwise in memory of their own.
///
/// `@unchecked Sendable`: the buffer pointer is what the compiler cannot judge. Whoever makes it fills its own memory in `init`,
/// mapped bytes are read-only; after that all threads only read, and memory or mapping live as long as the object.
final class Floats: @unchecked Sendable {
    let values: UnsafeBufferPointer<Float>
    /// What keeps the values alive; nil when the object itself does.
    private let file: MappedFile?

    var start: UnsafePointer<Float> {
        guard let start = values.baseAddress else { preconditionFailure("no tensor of a model is empty") }
        return start
    }

    /// - Parameter bytes: of float32 within `file`; copied when they are not aligned.
    convenience init(_ bytes: UnsafeRawBufferPointer, of file: MappedFile) {
        let isAligned = Int(bitPattern: bytes.baseAddress).isMultiple(of: MemoryLayout<Float>.alignment)
        guard isAligned else {
            self.init(count: bytes.count / 4) { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            return
        }
        self.init(values: bytes.bindMemory(to: Float.self), file: file)
    }

    convenience init(count: Int, _ value: (Int) -> Float) {
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        for index in 0..<count { memory.initializeElement(at: index, to: value(index)) }
        self.init(values: UnsafeBufferPointer(memory), file: nil)
    }

    /// Several tensors, one after the other.
    convenience init(joining parts: [Floats]) {
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: parts.reduce(0) { $0 + $1.values.count })
        var position = 0
        for part in parts {
            position = memory[position...].initialize(fromContentsOf: part.values)
        }
        self.init(values: UnsafeBufferPointer(memory), file: nil)
    }

    private init(values: UnsafeBufferPointer<Float>, file: MappedFile?) {
        self.values = values
        self.file = file
    }

    deinit { if file == nil { values.deallocate() } }
}
