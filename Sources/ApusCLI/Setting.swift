#if Server
import ArgumentParser

/// `name=value` on the command line.
struct Setting: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
        name = argument[..<sign].trimmingPrefix(while: \.isWhitespace).description
        value = String(argument[argument.index(after: sign)...])
    }
}
#endif
