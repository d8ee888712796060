package dev.panacea.runtime.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which driver is used, and why.
 *
 * @param driver empty where none that was asked for can be used
 * @param reason one line for the user
 * @param findings of the drivers that were tried, in that order
 */
public record DriverChoice(Optional<CudaDriver> driver, String reason, List<DriverFinding> findings) {

    /** What the user asked for; {@code AUTO} is JCuda, then foreign functions, and never the simulator. */
    public enum Request {
        AUTO, JCUDA, FFM, SIMULATOR;

        /** @throws IllegalArgumentException naming the four */
        public static Request of(String name) {
            return Arrays.stream(values()).filter(request -> request.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("driver '" + name + "' is none of "
                    + Arrays.stream(values()).map(Request::toString).collect(Collectors.joining(", "))));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Tries what {@code request} allows, until one can be used. */
    public static DriverChoice of(Request request, Supplier<CudaDriver> simulator) {
        return of(candidates(request, simulator));
    }

    /** Tries every driver, for a report. */
    public static List<DriverFinding> survey(Supplier<CudaDriver> simulator) {
        return Arrays.stream(Request.values()).filter(request -> request != Request.AUTO)
            .flatMap(request -> candidates(request, simulator).stream()).map(candidate -> candidate.get().finding()).toList();
    }

    private static List<Supplier<DriverAttempt>> candidates(Request request, Supplier<CudaDriver> simulator) {
        return switch (request) {
            case AUTO -> List.of(DriverAttempt::jcuda, DriverAttempt::ffm);
            case JCUDA -> List.of(DriverAttempt::jcuda);
            case FFM -> List.of(DriverAttempt::ffm);
            case SIMULATOR -> List.of(() -> DriverAttempt.simulator(simulator));
        };
    }

    static DriverChoice of(List<Supplier<DriverAttempt>> candidates) {
        List<DriverFinding> findings = new ArrayList<>();
        for (Supplier<DriverAttempt> candidate : candidates) {
            DriverAttempt attempt = candidate.get();
            findings.add(attempt.finding());
            if (attempt.driver().isPresent()) {
                return new DriverChoice(attempt.driver(), reason(findings), List.copyOf(findings));
            }
        }
        return new DriverChoice(Optional.empty(), reason(findings), List.copyOf(findings));
    }

    /** The one that is used, then those passed over; what several of them lack is said once. */
    private static String reason(List<DriverFinding> findings) {
        List<String> parts = new ArrayList<>();
        findings.stream().filter(DriverFinding::usable).map(DriverFinding::toString).forEach(parts::add);
        Map<String, String> lacking = findings.stream().filter(finding -> !finding.usable()).collect(Collectors.toMap(
            DriverFinding::problem, DriverFinding::driver, (first, second) -> first + " and " + second, LinkedHashMap::new));
        lacking.forEach((problem, drivers) -> parts.add(drivers + ": " + problem));
        return String.join("; ", parts);
    }
}
