import Shared

/// One run of the markdown strategy over one text's UTF-8.
///
/// **Ownership**: borrows the bytes; must not outlive the closure that lends them.
struct MarkdownCutter {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let settings: ChunkSettings
    private let budget: TokenBudget?
    private var trimmer: BlankTrimmer

    /// What was found so far.
    private(set) var pieces: [ChunkPiece] = []
    private(set) var headings: [[String]] = []

    /// The headings above the place at hand, outermost first.
    private var path: [(level: Int, title: String)] = []
    /// Tokens that a chunk under ``path`` may have.
    private var room = Int.max
    private var draft: Draft?

    /// The chunk being put together.
    private struct Draft {
        var range: Range<Int>
        var lead: Range<Int>?
        var size: Size
        /// Nothing but headings so far: what follows belongs to it whatever it is.
        var isHeadingOnly = false
    }

    /// How large something is; sizes of neighbours add up.
    private struct Size {
        var scalars = 0
        var tokens = 0

        static func + (left: Size, right: Size) -> Size {
            Size(scalars: left.scalars + right.scalars, tokens: left.tokens + right.tokens)
        }
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, settings: ChunkSettings, budget: TokenBudget?) {
        self.bytes = bytes
        self.settings = settings
        self.budget = budget
        trimmer = BlankTrimmer(bytes)
    }

    mutating func cut() {
        room = budget?.room(under: []) ?? .max
        for block in MarkdownBlocks(bytes) {
            if case .heading(let level, let title) = block.kind {
                begin(block.range, level: level, title: title)
            } else {
                add(block)
            }
        }
        flush()
    }

    /// A heading ends the chunk before it. Headings without text of their own stay with the next one's.
    private mutating func begin(_ range: Range<Int>, level: Int, title: Range<Int>) {
        if let draft, !draft.isHeadingOnly || !fits(draft.size + size(range, after: draft)) { flush() }
        path.removeAll { $0.level >= level }
        path.append((level, String(decoding: bytes[title], as: UTF8.self)))
        headings.append(path.map(\.title).filter { !$0.isEmpty })
        room = budget?.room(under: headings[headings.count - 1]) ?? .max
        guard draft != nil || fits(size(range)) else { return cutAnywhere(range) }
        extend(with: range)
        draft?.isHeadingOnly = true
    }

    private mutating func add(_ block: MarkdownBlock) {
        if let draft, fits(draft.size + size(block.range, after: draft)) {
            extend(with: block.range)
        } else if fits(size(block.range)) {
            // Better sentences that start with their heading than a heading alone; code stays whole.
            if draft?.isHeadingOnly == true, block.kind != .fence { return addParts(of: block) }
            flush()
            extend(with: block.range)
        } else {
            addParts(of: block)
        }
    }

    /// A block that is too large goes in row by row, line by line or sentence by sentence.
    private mutating func addParts(of block: MarkdownBlock) {
        let ends = SentenceEnds(bytes)
        switch block.kind {
        case .heading: break
        case .fence: for line in ends.lines(in: block.range) { add(part: line) }
        case .table(let header):
            // A header that leaves hardly any room for rows is not worth repeating.
            let size = size(header)
            let isSmall = size.scalars * 2 <= settings.sizeInScalars && size.tokens * 2 <= room
            extendOrStart(with: header)
            for row in ends.lines(in: header.upperBound..<block.range.upperBound) {
                add(part: row, lead: isSmall ? header : nil)
            }
        case .text:
            var earlier: [Range<Int>] = []
            for sentence in ends.sentences(in: block.range) {
                add(part: sentence, repeating: earlier)
                earlier.append(sentence)
            }
        }
    }

    private mutating func extendOrStart(with range: Range<Int>) {
        if let draft, !draft.isHeadingOnly, !fits(draft.size + size(range, after: draft)) { flush() }
        add(part: range)
    }

    /// - Parameters:
    ///   - lead: repeated where the part starts a new chunk.
    ///   - earlier: sentences before the part, of which the last ones are repeated there, up to the overlap.
    private mutating func add(part: Range<Int>, lead: Range<Int>? = nil, repeating earlier: [Range<Int>] = []) {
        if let draft, fits(draft.size + size(part, after: draft)) { return extend(with: part) }
        let isContinued = draft != nil
        flush()
        let leadSize = lead.map { size($0) } ?? Size()
        guard fits(size(part) + leadSize) else {
            guard lead != nil, fits(size(part)) else { return cutAnywhere(part) }
            return extend(with: part)
        }
        if isContinued, let start = overlapStart(earlier, before: part) {
            draft = Draft(range: start..<part.upperBound, size: size(start..<part.upperBound))
        } else {
            draft = Draft(range: part, lead: lead, size: size(part) + leadSize)
        }
    }

    /// Where a chunk starts that repeats the last of `earlier`, nil when none of them fits.
    private func overlapStart(_ earlier: [Range<Int>], before part: Range<Int>) -> Int? {
        var start: Int?
        for sentence in earlier.reversed() {
            // Never the whole of the chunk before.
            guard sentence.lowerBound > (pieces.last?.range.lowerBound ?? 0),
                scalarCount(bytes, sentence.lowerBound..<part.lowerBound) <= settings.overlapInScalars,
                fits(size(sentence.lowerBound..<part.upperBound))
            else { break }
            start = sentence.lowerBound
        }
        return start
    }

    /// The last resort: at spaces, or anywhere.
    private mutating func cutAnywhere(_ range: Range<Int>) {
        var cutter = RecursiveCutter(
            UnsafeBufferPointer(rebasing: bytes[range]), size: settings.sizeInScalars,
            overlap: settings.overlapInScalars)
        cutter.cut()
        for part in cutter.ranges { emit(part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound) }
    }

    private mutating func extend(with range: Range<Int>) {
        guard var draft else {
            self.draft = Draft(range: range, size: size(range))
            return
        }
        draft.size = draft.size + size(range, after: draft)
        draft.range = draft.range.lowerBound..<range.upperBound
        draft.isHeadingOnly = false
        self.draft = draft
    }

    private mutating func flush() {
        guard let draft else { return }
        self.draft = nil
        emit(draft.range, lead: draft.lead)
    }

    private mutating func emit(_ range: Range<Int>, lead: Range<Int>? = nil) {
        guard let range = trimmer.trim(range) else { return }
        let heading = headings.isEmpty ? nil : headings.count - 1
        // Counts add up only almost: what has too many tokens after all is cut once more.
        if let budget, tokens(range) + (lead.map(tokens) ?? 0) > room {
            let splitter = TokenSplitter(
                bytes, budget: budget, size: settings.sizeInScalars, overlap: settings.overlapInScalars)
            pieces += splitter.split(range, room: room).map { ChunkPiece($0, heading: heading) }
        } else {
            pieces.append(ChunkPiece(range, lead: lead, heading: heading))
        }
    }

    private func fits(_ size: Size) -> Bool { size.scalars <= settings.sizeInScalars && size.tokens <= room }

    private func size(_ range: Range<Int>) -> Size {
        Size(
            scalars: scalarCount(bytes, range),
            tokens: tokens(range))
    }

    /// What a draft grows by when it reaches to the end of `range`.
    private func size(_ range: Range<Int>, after draft: Draft) -> Size {
        Size(
            scalars: scalarCount(bytes, draft.range.upperBound..<range.upperBound),
            tokens: tokens(range))
    }

    /// Counted as far as it matters.
    private func tokens(_ range: Range<Int>) -> Int {
        budget?.tokens(UnsafeBufferPointer(rebasing: bytes[range]), limit: room == .max ? .max : room + 1) ?? 0
    }
}
