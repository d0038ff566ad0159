// `import Apus` is all that a user of the library writes.
@_exported import ApusCore
@_exported import ApusDatasets
@_exported import ApusEvaluation
@_exported import ApusFrame
@_exported import ApusLearn
@_exported import ApusPlots
@_exported import ApusTrust
