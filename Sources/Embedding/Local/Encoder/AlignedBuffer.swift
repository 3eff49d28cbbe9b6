/// Memory that grows and is never initialised beyond zeros, aligned for the widest vector registers.
struct AlignedBuffer<Element: BitwiseCopyable>: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var start: UnsafeMutablePointer<Element>

    init() {
        memory = .allocate(byteCount: 64, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        start = Self.start(memory)
    }

    deinit { memory.deallocate() }

    /// Makes room for `count` elements; what it held is gone when it has to grow.
    mutating func reserve(_ count: Int) {
        let size = count * MemoryLayout<Element>.stride
        guard size > memory.count else { return }
        memory.deallocate()
        memory = .allocate(byteCount: size, alignment: 64)
        // Rows that only fill up a product are computed, too: they must hold numbers.
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        start = Self.start(memory)
    }

    private static func start(_ memory: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<Element> {
        guard let start = memory.baseAddress else { preconditionFailure("allocated memory has an address") }
        return start.bindMemory(to: Element.self, capacity: memory.count / MemoryLayout<Element>.stride)
    }
}
