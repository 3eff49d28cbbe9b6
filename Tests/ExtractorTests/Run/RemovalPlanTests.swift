import Shared
import Testing

@testable import Extractor

@Suite struct RemovalPlanTests {
    private func markers(_ count: Int, _ scope: String) -> [Marker] {
        (0..<count).map { .sample("files:t:\($0)", scope: scope) }
    }

    private func plan(forces: Bool = false) -> RemovalPlan {
        RemovalPlan(
            [
                ("CALM", 100, markers(20, "CALM")), ("STORM", 100, markers(21, "STORM")), ("STILL", 5, []),
                ("GONE", 4, markers(4, "GONE")),
            ], limit: 0.2, forces: forces)
    }

    @Test func brakeHoldsAScopeBackAndNoOther() {
        let plan = plan()
        #expect(plan.heldBack.map(\.name) == ["STORM", "GONE"])
        #expect(plan.removals.count == 20 && plan.removals.allSatisfy { $0.scope == "CALM" })
        #expect(plan.scopes.map(\.name) == ["CALM", "STORM", "GONE"])
    }

    @Test func forceRemovesEverythingAndSaysSo() {
        let plan = plan(forces: true)
        #expect(plan.heldBack.isEmpty)
        #expect(plan.removals.count == 45)
        #expect(
            plan.scopes.map(plan.decision) == [
                "remove", "remove, as --force says: past 20%", "remove, as --force says: past 20%",
            ])
    }

    @Test func tableNamesEveryScopeWithItsShare() {
        let terminal = Terminal(isInteractive: false, usesColor: false, columns: 80)
        #expect(
            plan().text(for: terminal) == """
                scope  loaded  gone  share  plan
                CALM      100    20    20%  remove
                STORM     100    21    21%  keep: past 20% (--max-removals)
                GONE        4     4   100%  keep: past 20% (--max-removals)
                """)
        #expect(RemovalPlan([("A", 4, [])], limit: 0.2, forces: false).text(for: terminal) == nil)
        #expect(RemovalPlan.percent(1.0 / 3) == "33.3%")
    }

    @Test func aFewMayAlwaysGoFromASmallScope() {
        func isHeldBack(_ gone: Int, limit: Double) -> Bool {
            !RemovalPlan([("A", 8, markers(gone, "A"))], limit: limit, forces: false).heldBack.isEmpty
        }
        #expect(!isHeldBack(3, limit: 0.2) && isHeldBack(4, limit: 0.2))
        #expect(!isHeldBack(4, limit: 0.5) && isHeldBack(1, limit: 0))
    }

    @Test func limitsAtTheEnds() {
        let all = [("A", 2, markers(2, "A"))]
        #expect(RemovalPlan(all, limit: 1, forces: false).removals.count == 2)
        #expect(RemovalPlan(all, limit: 0, forces: false).heldBack.count == 1)
    }
}
