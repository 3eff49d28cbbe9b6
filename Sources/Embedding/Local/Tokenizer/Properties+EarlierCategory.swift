extension Unicode.Scalar.Properties {
    /// The category as huggingface/tokenizers has it: its table is of Unicode 8, what came later has none.
    ///
    /// **Source**: https://docs.rs/unicode_categories/0.1.1
    var earlierCategory: Unicode.GeneralCategory {
        guard let age, age.major <= 8 else { return .unassigned }
        return generalCategory
    }
}
