import ArgumentParser
import Platforms
import Shared

/// `extractor convert`: prints the Markdown of one body, for people and scripts that look at one document.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Print the Markdown of one body.",
        discussion: """
            Examples: extractor convert --from storage page.xhtml
                      extractor convert --from wiki < description.txt
            docs/MARKDOWN.md says what each construct becomes.
            """)

    @Option(help: "The body's format: \(BodyFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var from: BodyFormat

    @Argument(help: "A file; standard input when left out.")
    var file: String?

    func run() throws {
        do {
            StandardStreams.shared.print(try BodyConverter.convert(try CommandInput.bytes(file), from: from))
        } catch {
            throw ExitCode(ProgramFailure.report(error, program: "extractor"))
        }
    }
}

extension BodyFormat: ExpressibleByArgument {}
