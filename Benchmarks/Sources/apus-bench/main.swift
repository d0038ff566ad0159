// One piece of work: `apus-bench WORK FOLDER [SCALE]` prints a line of JSON with seconds and figures, as peers.py does.
import Foundation

let works =
    frameWorks + linearWorks + treeWorks + boostingWorks + supportVectorWorks + neighborWorks + clusterWorks
    + textWorks + searchWorks + fairnessWorks + resamplingWorks + explanationWorks
guard CommandLine.arguments.count >= 3, let work = works.first(where: { $0.name == CommandLine.arguments[1] }) else {
    let names = works.map(\.name).joined(separator: ", ")
    FileHandle.standardError.write(Data("usage: apus-bench WORK FOLDER [SCALE], WORK one of \(names)\n".utf8))
    exit(64)
}
let scale = CommandLine.arguments.count > 3 ? Double(CommandLine.arguments[3]) ?? 1 : 1
try work.run(BenchData(folder: CommandLine.arguments[2], scale: scale)).report()
