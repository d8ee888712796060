package dev.panacea.cli;

import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import dev.panacea.runtime.simulator.checks.Finding;
import dev.panacea.runtime.simulator.checks.LaunchCounters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a simulation.
 *
 * @param kernels each with the counters of all its launches
 * @param findings what is wrong with them
 * @param floorBytes that the operation must move at least; 0 where that is not known
 * @param movedBytes in sectors of global memory
 * @param seconds on this machine
 */
record SimulationReport(List<LaunchCounters> kernels, List<Finding> findings, long floorBytes, long movedBytes, double seconds) {

    static SimulationReport of(CheckedLaunches checks, long floorBytes, double seconds) {
        Map<String, LaunchCounters> kernels = new LinkedHashMap<>();
        checks.launches().forEach(launch -> kernels.merge(launch.kernel(), launch, LaunchCounters::plus));
        List<LaunchCounters> counters = List.copyOf(kernels.values());
        long moved = counters.stream().mapToLong(kernel -> kernel.global().movedBytes()).sum();
        return new SimulationReport(counters, checks.findings(), floorBytes, moved, seconds);
    }

    int exitCode() {
        return findings.isEmpty() ? ExitCode.FINE : ExitCode.FAILED;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        kernels.forEach(kernel -> text.append(kernel.table()).append('\n'));
        if (floorBytes > 0) {
            text.append(String.format(Locale.ROOT, "%,d bytes of global memory moved, %.3f of the %,d that must be%n", movedBytes,
                (double) movedBytes / floorBytes, floorBytes));
        }
        long instructions = kernels.stream().mapToLong(kernel -> kernel.total().warps()).sum();
        text.append(String.format(Locale.ROOT, "%.2f s, %.1f million warp instructions a second with all checks%n", seconds,
            instructions * 1e-6 / seconds));
        text.append(findings.isEmpty() ? "nothing wrong was found\n" : "");
        findings.forEach(finding -> text.append(finding).append('\n'));
        return text.toString();
    }
}
