package dev.panacea.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Changes to a configuration from the command line. */
final class ConfigOptions {
    @Option(names = "--set", paramLabel = "KEY=VALUE",
        description = "Overrides one key of the configuration, such as training.steps=400; may be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--precision", paramLabel = "PRECISION",
        description = "auto, float32 or bfloat16, for the matrix products; short for --set model.precision=PRECISION.")
    private String precision;

    /** {@code a.b=c} settings, the later winning. */
    List<String> overrides() {
        List<String> overrides = new ArrayList<>(settings);
        if (precision != null) {
            overrides.add("model.precision=" + precision);
        }
        return overrides;
    }
}
