import Shared
import Testing

@testable import Platforms

struct ADFConverterTests {
    static let cases: [(String, String)] = [
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
        (
            #"{"type":"paragraph","content":[{"type":"text","text":"값(value)","marks":[{"type":"strong"}]},{"type":"text","text":"은"}]}"#,
            "<strong>값(value)</strong>은"
        ),
        (
            #"{"type":"paragraph","content":[{"type":"text","text":"a ","marks":[{"type":"strong"},{"type":"textColor","attrs":{"color":"red"}}]},{"type":"text","text":"b","marks":[{"type":"underline"},{"type":"subsup","attrs":{"type":"sub"}}]}]}"#,
            "**a** <u><sub>b</sub></u>"
        ),
        (
            #"{"type":"bodiedExtension","attrs":{"extensionKey":"expand","parameters":{"macroParams":{"title":{"value":"More"}}}},"content":[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]}"#,
            "> **More**\n>\n> x"
        ),
        (
            #"{"type":"extension","attrs":{"extensionKey":"toc","extensionType":"com.atlassian.confluence.macro.core"}}"#,
            ""
        ),
        (
            #"{"type":"paragraph","content":[{"type":"inlineExtension","attrs":{"extensionKey":"status","parameters":{"macroParams":{"title":{"value":"DONE"}}}}}]}"#,
            "[DONE]"
        ),
        (
            #"{"type":"layoutSection","content":[{"type":"layoutColumn","content":[{"type":"paragraph","content":[{"type":"text","text":"l"}]}]},{"type":"layoutColumn","content":[{"type":"paragraph","content":[{"type":"text","text":"r"}]}]}]}"#,
            "l\n\nr"
        ),
        (
            #"{"type":"bodiedSyncBlock","attrs":{"resourceId":"r"},"content":[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]}"#,
            "x"
        ),
        (#"{"type":"syncBlock","attrs":{"resourceId":"r"}}"#, ""),
        (
            #"{"type":"taskList","content":[{"type":"blockTaskItem","attrs":{"state":"TODO"},"content":[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]},{"type":"taskList","content":[{"type":"taskItem","attrs":{"state":"DONE"},"content":[{"type":"text","text":"y"}]}]}]}"#,
            "- [ ] x\n  - [x] y"
        ),
        (
            #"{"type":"paragraph","content":[{"type":"mediaInline","attrs":{"id":"1","collection":"c","alt":"a.pdf"}},{"type":"placeholder","attrs":{"text":"type here"}}]}"#,
            "![a.pdf]()"
        ),
        (#"{"type":"blockCard","attrs":{"data":{"name":"N","url":"https://e.example/"}}}"#, "[N](https://e.example/)"),
        (#"{"type":"embedCard","attrs":{"url":"https://e.example/","layout":"wide"}}"#, "<https://e.example/>"),
        (
            #"{"type":"applicationCard","attrs":{"text":"t","title":{"text":"T"},"link":{"url":"https://e.example/"}}}"#,
            "[T](https://e.example/)"
        ),
        (
            #"{"type":"nestedExpand","attrs":{"title":""},"content":[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]}"#,
            "> **Details**\n>\n> x"
        ),
        (
            #"{"type":"table","attrs":{"isNumberColumnEnabled":true},"content":[{"type":"tableRow","content":[{"type":"tableHeader","content":[{"type":"paragraph","content":[{"type":"text","text":"h"}]}]}]},{"type":"tableRow","content":[{"type":"tableCell","content":[{"type":"codeBlock","content":[{"type":"text","text":"a\nb"}]}]}]}]}"#,
            "| | h |\n| --- | --- |\n| 1 | `a`<br>`b` |"
        ),
    ]

    @Test(arguments: cases) func becomes(_ node: String, _ markdown: String) throws {
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
