package dev.panacea.bench.gpu;

import java.util.List;
import java.util.Optional;

/**
 * The GPU that figures were measured on, as nvidia-smi names it.
 *
 * @param clock of the multiprocessors in MHz at the moment of asking, with its unit; power and temperature likewise
 */
public record Card(String name, String driver, String memory, String clock, String power, String temperature) {
    private static final String QUERY = "--query-gpu=name,driver_version,memory.total,clocks.sm,power.draw,temperature.gpu";
    private static final int FIELDS = 6;

    /** The first card; empty where nvidia-smi is missing or finds none. */
    public static Optional<Card> now() {
        return ChildProcess.output(List.of("nvidia-smi", QUERY, "--format=csv,noheader")).flatMap(Card::parse);
    }

    static Optional<Card> parse(String answer) {
        String[] fields = answer.lines().findFirst().orElse("").split("\\s*,\\s*");
        return fields.length == FIELDS ? Optional.of(new Card(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]))
            : Optional.empty();
    }
}
