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
        let size = size(range)
        if let draft, !draft.isHeadingOnly || !fits(grown(draft, to: range, size)) { flush() }
        path.removeAll { $0.level >= level }
        path.append((level, String(decoding: bytes[title], as: UTF8.self)))
        headings.append(path.map(\.title).filter { !$0.isEmpty })
        room = budget?.room(under: headings[headings.count - 1]) ?? .max
        guard draft != nil || fits(size) else { return cutAnywhere(range) }
        extend(to: range, size)
        draft?.isHeadingOnly = true
    }

    private mutating func add(_ block: MarkdownBlock) {
        let size = size(block.range)
        if let draft, fits(grown(draft, to: block.range, size)) {
            extend(to: block.range, size)
        } else if fits(size), draft?.isHeadingOnly != true || block.kind == .fence {
            // Code stays whole, though its heading is left alone.
            flush()
            extend(to: block.range, size)
        } else {
            // Also what would fit alone: better sentences that start with their heading than a heading by itself.
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
            let isSmall = size.scalars * 2 <= settings.sizeInScalars && size.tokens <= room / 2
            if let draft, !draft.isHeadingOnly, !fits(grown(draft, to: header, size)) { flush() }
            add(part: header)
            for row in ends.lines(in: header.upperBound..<block.range.upperBound) {
                add(part: row, lead: isSmall ? header : nil)
            }
        case .text:
            var recent: ArraySlice<Range<Int>> = []
            for sentence in ends.sentences(in: block.range) {
                // No scalar has more than 4 bytes: what is farther away is never repeated.
                while let first = recent.first,
                    sentence.lowerBound - first.lowerBound > settings.overlapInScalars * 4
                {
                    recent.removeFirst()
                }
                add(part: sentence, repeating: recent)
                recent.append(sentence)
            }
        }
    }

    /// - Parameters:
    ///   - lead: repeated where the part starts a new chunk.
    ///   - earlier: sentences before the part, of which the last ones are repeated there, up to the overlap.
    private mutating func add(
        part: Range<Int>, lead: Range<Int>? = nil, repeating earlier: ArraySlice<Range<Int>> = []
    ) {
        let partSize = size(part)
        if let draft, fits(grown(draft, to: part, partSize)) { return extend(to: part, partSize) }
        let isContinued = draft != nil
        flush()
        guard fits(partSize) else { return cutAnywhere(part) }
        if let lead, case let size = partSize + size(lead), fits(size) {
            draft = Draft(range: part, lead: lead, size: size)
        } else if isContinued, let (start, size) = repetition(of: earlier, before: part, partSize) {
            draft = Draft(range: start..<part.upperBound, size: partSize + size)
        } else {
            draft = Draft(range: part, size: partSize)
        }
    }

    /// Where a chunk starts that repeats the last of `earlier`, and by how much it grows; nil when none of them fits.
    private func repetition(
        of earlier: ArraySlice<Range<Int>>, before part: Range<Int>, _ partSize: Size
    ) -> (start: Int, size: Size)? {
        var found: (start: Int, size: Size)?
        for sentence in earlier.reversed() {
            let start = found?.start ?? part.lowerBound
            let size =
                (found?.size ?? Size())
                + Size(scalars: scalarCount(bytes, sentence.lowerBound..<start), tokens: tokens(sentence))
            // Never the whole of the chunk before.
            guard sentence.lowerBound > (pieces.last?.range.lowerBound ?? 0), size.scalars <= settings.overlapInScalars,
                fits(size + partSize)
            else { break }
            found = (sentence.lowerBound, size)
        }
        return found
    }

    /// The last resort: at spaces, or anywhere.
    private mutating func cutAnywhere(_ range: Range<Int>) {
        var cutter = RecursiveCutter(
            UnsafeBufferPointer(rebasing: bytes[range]), size: settings.sizeInScalars,
            overlap: settings.overlapInScalars)
        cutter.cut()
        for part in cutter.ranges { emit(part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound) }
    }

    private mutating func extend(to range: Range<Int>, _ size: Size) {
        guard var draft else {
            self.draft = Draft(range: range, size: size)
            return
        }
        draft.size = grown(draft, to: range, size)
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
        Size(scalars: scalarCount(bytes, range), tokens: tokens(range))
    }

    /// The size of a draft that reaches to the end of `range`, white space between the two included.
    private func grown(_ draft: Draft, to range: Range<Int>, _ size: Size) -> Size {
        draft.size + size + Size(scalars: scalarCount(bytes, draft.range.upperBound..<range.lowerBound))
    }

    /// Counted as far as it matters.
    private func tokens(_ range: Range<Int>) -> Int {
        budget?.tokens(UnsafeBufferPointer(rebasing: bytes[range]), limit: room == .max ? .max : room + 1) ?? 0
    }
}
