extension Unicode.Scalar.Properties {
    fileprivate var categoryByAge: Unicode.GeneralCategory {
        guard let age, age.major <= 8 else { return .unassigned }
        return generalCategory
    }
}

extension Unicode.Scalar {
    /// The category as huggingface/tokenizers has it: its table is of Unicode 8, what came later has none.
    ///
    /// **Source**: https://docs.rs/unicode_categories/0.1.1
    var earlierCategory: Unicode.GeneralCategory {
        switch value {
        case 0x166D, 0x111C9: .otherPunctuation
        case 0x1734, 0x1171E: .nonspacingMark
        case 0x1885, 0x1886: .otherLetter
        case 0xA9BD: .spacingMark
        default: properties.categoryByAge
        }
    }
}
