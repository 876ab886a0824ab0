package io.holdfast.cleanup;

import java.util.List;

/**
 * The cycle that has begun and not ended.
 *
 * @param planned whether its plan is stored: from then on something may have been done
 * @param committedAs how it will end; {@link CycleReport.Result#RUNNING} until its work is committed. Then only its audit is missing
 * @param committedBecause why it will end so
 * @param items its planned and finished actions, in no order after a restart; not a part of the record
 */
record OpenCycle(
        CycleReport report,
        boolean planned,
        CycleReport.Result committedAs,
        String committedBecause,
        List<Item> items) {

    static OpenCycle begun(long number, String by, long atMillis) {
        CycleReport report = CycleReport.begun(number, by, atMillis);
        return new OpenCycle(report, false, CycleReport.Result.RUNNING, "", List.of());
    }

    long number() {
        return report.number();
    }

    boolean committed() {
        return committedAs != CycleReport.Result.RUNNING;
    }

    OpenCycle at(Stage next) {
        if (!report.stage().mayLeadTo(next)) {
            throw new IllegalArgumentException("a cycle cannot go from " + report.stage() + " to " + next);
        }
        return new OpenCycle(report.at(next), planned, committedAs, committedBecause, items);
    }

    OpenCycle withPlan() {
        return new OpenCycle(report, true, committedAs, committedBecause, items);
    }

    OpenCycle committed(CycleReport.Result result, String because) {
        return new OpenCycle(report, planned, result, because, items);
    }

    OpenCycle with(List<Item> all) {
        return new OpenCycle(report.of(all), planned, committedAs, committedBecause, all);
    }
}
