public import Shared

extension Document {
    /// A small document; every member can be given.
    public static func sample(
        _ id: String = "files:test:1", title: String = "제목 \"one\"", content: String = "본문\n\nbody\u{7}",
        versionKey: String = "v1", revision: Int = 7, sourceType: String = "files", scope: String = "ENG"
    ) -> Document {
        Document(
            id: id, title: title, content: content, url: "https://wiki.example/1", author: "김하늘",
            updatedAt: "2026-11-20T01:02:03.004Z", sourceType: sourceType, versionKey: versionKey,
            revision: revision, scope: scope, metadata: .object { $0.member("labels", ["a", "나"]) })
    }
}
