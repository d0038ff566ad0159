#if Server
import Apus
import ArgumentParser

/// What is done to the answers of a classifier.
struct DecisionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Calibrate probabilities over five folds of the training rows: sigmoid (few rows), isotonic (a thousand and "
                + "more) or temperature (never changes the most probable class)."))
    var calibrate: CalibrationMethod?
    @Option(
        help: ArgumentHelp(
            "Tune the threshold between two classes for a score, such as f1 or balanced_accuracy, over five folds of the "
                + "training rows.", valueName: "score"))
    var tuneThreshold: String?
}

extension CalibrationMethod: ExpressibleByArgument {}
#endif
