package dev.panacea.transformer.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native library's Java front would call its makers; ours must not, whatever the environment says. */
class TelemetryTest {

    @Test
    void theLibraryCallsWhenNobodyStopsIt() throws Exception {
        int asked = probe(TelemetryProbe.CONTROL);
        assertTrue(asked > 0 && asked < 10, "the probe sees connections: " + asked);
    }

    @Test
    void ourTokenizerCallsNobody(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tokenizer.json");
        BytePairTrainer.train(List.of("some text, some more text"), 260, List.of()).write(file, Optional.empty());
        assertEquals(0, probe(TelemetryProbe.TOKENIZER, file.toString()));
    }

    private static int probe(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), TelemetryProbe.class.getName()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeAll(List.of("OPT_OUT_TRACKING", "DJL_OFFLINE"));
        builder.environment().put("OPT_OUT_TRACKING", "false");
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the probe ends");
        return process.exitValue();
    }
}
