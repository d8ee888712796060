package dev.panacea.runtime.cuda;

/**
 * What was found of one driver.
 *
 * @param driver {@code jcuda}, {@code ffm} or {@code simulator}
 * @param where the file that it is; empty where it is none, or none was found
 * @param version for example {@code 580.65.06, CUDA 13.0}; empty where unknown
 * @param problem what is missing and what to do about it; empty for a driver that can be used
 * @param cost what its absence costs
 */
public record DriverFinding(String driver, String where, String version, String problem, String cost) {

    public boolean usable() {
        return problem.isEmpty();
    }

    @Override
    public String toString() {
        if (!usable()) {
            return driver + ": " + problem;
        }
        return where.isEmpty() ? driver : driver + ": " + version + " from " + where;
    }
}
