import Shared
import Testing

@testable import Platforms

struct ADFConverterTests {
    @Test(arguments: [
        (
            #"{"type":"paragraph","content":[{"type":"text","text":"a "},{"type":"text","text":"b","marks":[{"type":"em"},{"type":"strong"}]},{"type":"hardBreak"},{"type":"text","text":"c","marks":[{"type":"code"}]}]}"#,
            "a ***b***\\\n`c`"
        ),
        (#"{"type":"heading","attrs":{"level":3},"content":[{"type":"text","text":"T"}]}"#, "### T"),
        (
            #"{"type":"paragraph","content":[{"type":"text","text":"x","marks":[{"type":"link","attrs":{"href":"https://e.example/a b"}}]}]}"#,
            "[x](https://e.example/a%20b)"
        ),
        (
            #"{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"a"}]},{"type":"orderedList","attrs":{"order":3},"content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"b"}]}]}]}]}]}"#,
            "- a\n  3. b"
        ),
        (
            #"{"type":"taskList","content":[{"type":"taskItem","attrs":{"state":"DONE"},"content":[{"type":"text","text":"a"}]},{"type":"taskItem","attrs":{"state":"TODO"},"content":[{"type":"text","text":"b"}]}]}"#,
            "- [x] a\n- [ ] b"
        ),
        (
            #"{"type":"decisionList","content":[{"type":"decisionItem","content":[{"type":"text","text":"go"}]}]}"#,
            "- **Decision:** go"
        ),
        (
            #"{"type":"codeBlock","attrs":{"language":"Swift"},"content":[{"type":"text","text":"let a\n```"}]}"#,
            "````swift\nlet a\n```\n````"
        ),
        (
            #"{"type":"panel","attrs":{"panelType":"error"},"content":[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]}"#,
            "> **Warning:** x"
        ),
        (#"{"type":"expand","attrs":{"title":"More"},"content":[{"type":"rule"}]}"#, "> **More**\n>\n> ---"),
        (
            #"{"type":"mediaSingle","content":[{"type":"media","attrs":{"alt":"map"}},{"type":"caption","content":[{"type":"text","text":"cap"}]}]}"#,
            "![map]()\n\n*cap*"
        ),
        (
            #"{"type":"paragraph","content":[{"type":"mention","attrs":{"text":"@Kim"}},{"type":"emoji","attrs":{"shortName":":check_mark:","text":""}},{"type":"status","attrs":{"text":"DONE"}},{"type":"date","attrs":{"timestamp":"1582152559000"}},{"type":"inlineCard","attrs":{"url":"https://e.example/x"}}]}"#,
            "@Kim✅[DONE]2020-02-19<https://e.example/x>"
        ),
        (#"{"type":"futureThing","content":[{"type":"text","text":"kept"}]}"#, "kept"),
        (
            #"{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableHeader","content":[{"type":"paragraph","content":[{"type":"text","text":"h"}]}]},{"type":"tableHeader","attrs":{"colspan":2},"content":[]}]},{"type":"tableRow","content":[{"type":"tableCell","attrs":{"rowspan":2},"content":[{"type":"paragraph","content":[{"type":"text","text":"a|b"}]}]}]}]}"#,
            "| h | | |\n| --- | --- | --- |\n| a\\|b | | |"
        ),
    ])
    func becomes(_ node: String, _ markdown: String) throws {
        let text = #"{"version":1,"type":"doc","content":[\#(node)]}"#
        #expect(try BodyConverter.convert(Array(text.utf8), from: .adf) == markdown)
    }

    @Test(arguments: [
        "null", "3", "[]", "{}", #"{"type":5,"content":"x"}"#, #"{"content":[null,4,{"content":{}}]}"#,
        #"{"type":"doc","content":[{"type":"paragraph","content":[{"type":"date","attrs":{"timestamp":9e99}},{"type":"heading"}]}]}"#,
    ])
    func invalidDocumentsGiveNothing(_ text: String) throws {
        #expect(try BodyConverter.convert(Array(text.utf8), from: .adf).isEmpty)
    }

    @Test func textThatIsNoJSONIsRefusedWithoutRepeatingIt() {
        let error = #expect(throws: BodyConversionError.self) {
            try BodyConverter.convert(Array("secret{".utf8), from: .adf)
        }
        #expect(error?.description.contains("secret") == false)
    }

    @Test func deepDocumentsKeepTheirText() throws {
        let deep =
            String(repeating: #"{"type":"blockquote","content":["#, count: 400) + #"{"type":"text","text":"core"}"#
            + String(repeating: "]}", count: 400)
        #expect(ADFConverter.markdown(try JSONElement(parsing: Array(deep.utf8), maximumDepth: 1024)).contains("core"))
        let error = #expect(throws: BodyConversionError.self) {
            try BodyConverter.convert(Array(deep.utf8), from: .adf)
        }
        #expect(error?.description == "the body is nested deeper than 256 levels")
    }
}
