#if Server
import Apus
import ArgumentParser

/// Which columns hold free text, and how it becomes numbers.
struct TextOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A column of free text, whose words become columns of numbers; may be repeated.",
            discussion: "Parameters of the vectorizer are set by --set vectorizer.ngram_range=1,2 and the like."))
    var text: [String] = []
    @Option(help: "How text becomes numbers: tfidf, count or hashing.")
    var vectorizer: TextVectorization = .tfidf
}

extension TextVectorization: ExpressibleByArgument {}
#endif
