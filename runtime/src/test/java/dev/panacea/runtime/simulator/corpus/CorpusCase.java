package dev.panacea.runtime.simulator.corpus;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.List;

/**
 * One launch of one kernel, with everything it reads and what must come out of it. Knows neither a driver nor a test framework, so
 * that the same case runs on a simulated GPU and on a real one.
 *
 * @param source the CUDA file under {@code src/test/cuda/corpus}, without its ending
 * @param label what tells the case from others of the same kernel; empty where there is one
 * @param arguments of the kernel, in order; a struct passed by value is given as its fields and must come last
 * @param globals {@code __constant__} and {@code __device__} variables that are set before the launch or checked after it
 */
public record CorpusCase(String source, String kernel, String label, LaunchGeometry geometry, List<Argument> arguments,
    List<Argument.Memory> globals) {

    public CorpusCase(String source, String kernel, String label, LaunchGeometry geometry, Argument... arguments) {
        this(source, kernel, label, geometry, List.of(arguments), List.of());
    }

    /** The same, with variables of the module. */
    CorpusCase withGlobals(Argument.Memory... variables) {
        return new CorpusCase(source, kernel, label, geometry, arguments, List.of(variables));
    }

    /** For example {@code scan.look_back n=1000}. */
    public String name() {
        return source + "." + kernel + (label.isEmpty() ? "" : " " + label);
    }

    @Override
    public String toString() {
        return name();
    }
}
