import Crypto
import Glibc
import Shared

/// A file of a model folder, read through the page cache.
///
/// `@unchecked Sendable`: the buffer pointer is what the compiler cannot judge. The bytes are mapped read-only, any thread may
/// read them, and the mapping lives as long as the object. A file that somebody truncates while it is mapped ends the process;
/// a model folder is replaced as a whole, not written into.
final class MappedFile: @unchecked Sendable {
    let path: String
    let bytes: UnsafeRawBufferPointer

    /// - Throws: ``EmbeddingError`` with code `modelUnusable`.
    init(_ path: String) throws(EmbeddingError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.fault(path, "cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Self.fault(path, "is not a file")
        }
        guard status.st_size > 0 else { throw Self.fault(path, "is empty") }
        let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != MAP_FAILED else { throw Self.fault(path, "cannot be mapped into memory") }
        bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

    /// Whether there is such a file.
    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// SHA-256 of the contents as lower-case hex; afterwards the pages that were read are given back.
    func digest() -> String {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        giveBack()
        return hash.finalize().hex
    }

    /// Lets the kernel take back the pages read so far; they are read again when they are touched.
    func giveBack() { madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, MADV_DONTNEED) }

    /// Bytes of JSON that are read; the tokenizers of large multilingual models have 17 MB.
    private static let largestJSON = 256 << 20

    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when the file is not JSON.
    func json() throws(EmbeddingError) -> JSONElement {
        guard bytes.count <= Self.largestJSON else { throw fault("is too large") }
        do { return try JSONElement(parsing: bytes) } catch { throw fault("is not JSON: \(error)") }
    }

    func fault(_ text: String) -> EmbeddingError { Self.fault(path, text) }

    private static func fault(_ path: String, _ text: String) -> EmbeddingError {
        EmbeddingError(.modelUnusable, "the model's file \(path) \(text)")
    }
}

extension Digest {
    var hex: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
