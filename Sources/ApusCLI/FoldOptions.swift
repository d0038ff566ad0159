#if Server
import Apus
import ApusEvaluation
import ArgumentParser

/// How rows are split for cross-validation.
struct FoldOptions: ParsableArguments {
    @Option(help: "The number of folds or splits; default: 5.")
    var cv: Int?
    @Option(
        help: ArgumentHelp(
            "How rows are split; default: stratified-k-fold for classes and k-fold for numbers, group-k-fold with --groups, "
                + "predefined-split with --fold-column.",
            valueName: "rule"))
    var cvSplit: FoldRule?
    @Flag(help: "Shuffle the rows, or groups, before they are folded.")
    var shuffle = false
    @Option(
        help: ArgumentHelp(
            "A column whose groups, such as patients or customers, are kept whole: on one side of every split. It is no "
                + "feature.",
            valueName: "column"))
    var groups: String?
    @Option(
        help: ArgumentHelp(
            "A column with the fold that tests on each row; rows without one, or with a number below 0, are always trained "
                + "on. It is no feature.",
            valueName: "column"))
    var foldColumn: String?
    @Option(help: ArgumentHelp("How many times repeated folds are drawn; default: 10.", valueName: "times"))
    var cvRepeats: Int?
    @Option(
        help: ArgumentHelp(
            "What random splits and time series test on: a share below 1 or a number of rows; default: a tenth, of groups a "
                + "fifth.",
            valueName: "size"))
    var cvTestSize: HoldoutSize?
    @Option(help: ArgumentHelp("Rows of a time series to leave out between training and test.", valueName: "rows"))
    var cvGap: Int?
    @Option(help: ArgumentHelp("The most rows of a time series to train on, the latest ones.", valueName: "rows"))
    var cvMaxTrainSize: Int?

    /// The settings, with the seed of all that is drawn.
    func settings(seed: UInt32) -> FoldSettings {
        FoldSettings(
            cvSplit, count: cv, shuffle: shuffle, repeats: cvRepeats, testSize: cvTestSize, gap: cvGap,
            maxTrainSize: cvMaxTrainSize, column: foldColumn, seed: seed)
    }
}

extension FoldRule: ExpressibleByArgument {
    /// The rule with a name in any spelling.
    public init?(argument: String) { self.init(named: argument) }
}

extension HoldoutSize: ExpressibleByArgument {
    /// A whole number is one of rows, any other a share.
    public init?(argument: String) {
        if let count = Int(argument) {
            self = .count(count)
        } else if let share = Double(argument) {
            self = .fraction(share)
        } else {
            return nil
        }
    }
}
#endif
