import ArgumentParser
import Platforms
import Shared

/// Bodies in, Markdown out, one JSON value a line.
struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: #"Read lines of {"from":"storage","body":"…"}, print lines of {"markdown":"…"} or {"error":"…"}."#)

    @Argument(help: "A file; standard input when left out.")
    var file: String?

    func run() throws {
        for body in try Body.lines(file) {
            var writer = JSONWriter()
            writer.object { object in
                do {
                    let markdown = try BodyConverter.convert(body.text, from: body.format, context: body.context)
                    object.key("markdown")
                    object.value(markdown)
                } catch {
                    object.key("error")
                    object.value("\(error)")
                }
            }
            print(String(decoding: writer.bytes, as: UTF8.self))
        }
    }
}
