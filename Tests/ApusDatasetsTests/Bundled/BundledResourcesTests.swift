import ApusCore
import Foundation
import Testing

@testable import ApusDatasets

@Suite struct BundledResourcesTests {
    @Test func filesThatWereNotCopiedWithTheProgramAreAnErrorNotACrash() throws {
        let error = #expect(throws: ApusError.self) { try BundledResources.url(of: "iris.csv", besides: []) }
        #expect(error?.code == .unreadableData)
        #expect(throws: ApusError.self) { try BundledResources.url(of: "nowhere.csv") }
    }
}
